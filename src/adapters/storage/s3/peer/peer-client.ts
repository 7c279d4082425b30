import { type IncomingMessage, request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { authorizePeer } from '../../../../domain/peer-authorization.ts';
import type { ByteReader } from '../../../../domain/ports/byte-reader.ts';
import type { Clock } from '../../../../domain/ports/clock.ts';
import type { Signer } from '../../../../domain/ports/signer.ts';
import { type SharedTransfer, sharedTransferPath } from '../../../../domain/shared-transfer.ts';
import { BodyReader } from '../body-reader.ts';
import { codeOf } from '../s3-errors.ts';

/** How long the other mirror may take to answer, in milliseconds. */
const ANSWER_MS = 3_000;

/** How long one that could not be asked is left alone, in milliseconds. */
const REST_MS = 15_000;

const NOTHING = new Uint8Array(0);

export interface PeerClientOptions {
  readonly signer: Signer;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
}

/** Asks other mirrors of the bucket for what they download. */
export class PeerClient {
  readonly #options: PeerClientOptions;
  /** Until when those are left alone that could not be asked, which has been said. */
  readonly #resting = new Map<string, number>();

  constructor(options: PeerClientOptions) {
    this.#options = options;
  }

  /** Whether it is worth asking the mirror at that URL. */
  mayAsk(url: string): boolean {
    return (this.#resting.get(url) ?? 0) <= this.#options.clock.now();
  }

  /** Undefined if it has nothing of it, or cannot be asked: then that is for the log. */
  async open(url: string, transfer: SharedTransfer): Promise<ByteReader | undefined> {
    if (!this.mayAsk(url)) return undefined;
    let answer: IncomingMessage;
    try {
      answer = await this.#ask(url, transfer);
    } catch (error) {
      this.#failed(url, codeOf(error), 'see that it runs, and can be reached under this URL');
      return undefined;
    }
    const { statusCode = 0 } = answer;
    if (statusCode === 200) return this.#opened(url, answer);
    answer.destroy();
    if (statusCode !== 404) this.#failed(url, `${statusCode}`, remedyFor(statusCode));
    return undefined;
  }

  #ask(url: string, transfer: SharedTransfer): Promise<IncomingMessage> {
    const { signer, clock } = this.#options;
    const target = new URL(sharedTransferPath(transfer), url);
    const headers = { authorization: authorizePeer(signer, transfer, clock.now()) };
    return new Promise((resolve, reject) => {
      const ask = target.protocol === 'https:' ? secureRequest : request;
      const asked = ask(target, { headers, agent: false });
      const timer = setTimeout(() => {
        asked.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
      }, ANSWER_MS);
      asked.on('error', reject);
      asked.on('response', resolve);
      for (const event of ['response', 'close']) asked.on(event, () => clearTimeout(timer));
      asked.end();
    });
  }

  #opened(url: string, answer: IncomingMessage): ByteReader {
    this.#resting.delete(url);
    const body = new BodyReader(answer);
    return {
      read: async () => (await body.next()) ?? NOTHING,
      close: () => body.close(),
    };
  }

  /** Said once, until it can be asked again: the blobs are had by another way. */
  #failed(url: string, code: string, remedy: string): void {
    const { clock, warn } = this.#options;
    if (!this.#resting.has(url)) {
      warn(
        `the mirror at ${url} cannot be asked for what it downloads (${code}): ${remedy}. Until ` +
          'then its blobs are waited for until they are in the bucket',
      );
    }
    this.#resting.set(url, clock.now() + REST_MS);
  }
}

function remedyFor(statusCode: number): string {
  if (statusCode === 401 || statusCode === 403) {
    return 'give all mirrors of the bucket the same http.secret, and set their clocks';
  }
  return 'check http.advertise, or http.host, of that mirror';
}
