import { chmod, mkdir, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { join } from 'node:path';
import { hashSync } from 'bcrypt';
import { Authority } from '../certificates.ts';
import { builtMirror } from '../compiled-mirror.ts';
import type { HubDouble } from '../hub/hub-double.ts';
import type { LogLine } from '../mirror-process.ts';
import { type MirroredHub, mirroredHub } from '../mirrored-hub.ts';
import { type Nginx, type NginxOptions, startNginx } from './nginx.ts';

/** The user name and password that nginx asks for. */
export const LOGIN = 'ann:secret';

export type Surroundings = Pick<NginxOptions, 'configuration' | 'user'> & {
  fill: (hub: HubDouble) => void;
  /** Where nginx looks for stored blobs, if not where Kagami keeps them. */
  storage?: string;
};

export interface Got {
  readonly answer: IncomingMessage;
  readonly body: Buffer;
}

/** A Docker Hub, a mirror of it, and nginx in front with one of the configurations in deploy/nginx. */
export class BehindNginx {
  readonly both: MirroredHub;
  readonly nginx: Nginx;
  /** The certificate of who has issued nginx's. */
  readonly authorityFile: string;
  readonly #ca: string;

  private constructor(parts: Pick<BehindNginx, 'both' | 'nginx' | 'authorityFile'>, ca: string) {
    this.both = parts.both;
    this.nginx = parts.nginx;
    this.authorityFile = parts.authorityFile;
    this.#ca = ca;
  }

  static async start({ fill, storage, ...options }: Surroundings): Promise<BehindNginx> {
    const accelerated = options.configuration === 'kagami-accel.conf';
    const both = await mirroredHub({
      main: builtMirror(),
      env: {
        REGISTRY_HTTP_TRUSTEDPROXIES: '[127.0.0.1]',
        ...(accelerated && { REGISTRY_HTTP_ACCEL_XACCELREDIRECT: '/kagami-blobs/' }),
      },
      fill,
    });
    try {
      const { path } = both.directory;
      // Others may read what is nginx's, and nothing of Kagami's.
      await chmod(path, 0o755);
      await chmod(join(path, 'storage'), 0o700);
      const write = async (name: string, text: string): Promise<string> => {
        await writeFile(join(path, name), text);
        return join(path, name);
      };
      const authority = new Authority();
      const { certificate, key } = authority.issue('nginx');
      const directory = join(path, 'nginx');
      await mkdir(directory);
      const nginx = await startNginx({
        ...options,
        directory,
        upstream: new URL(both.url).host,
        certificate: await write('certificate.pem', certificate),
        key: await write('key.pem', key),
        passwords: await write('htpasswd', `ann:${hashSync('secret', 4)}\n`),
        storage: storage ?? join(path, 'storage'),
      });
      const authorityFile = await write('ca.pem', authority.certificate);
      return new BehindNginx({ both, nginx, authorityFile }, authority.certificate);
    } catch (error) {
      await both.close();
      throw error;
    }
  }

  /** The answer to a request with the password, as soon as its headers are here. */
  ask(path: string, options: RequestOptions = {}): Promise<IncomingMessage> {
    const all = { ca: this.#ca, agent: false, auth: LOGIN, ...options };
    return new Promise((resolve, reject) => {
      request(this.nginx.url + path, all, resolve)
        .on('error', reject)
        .end();
    });
  }

  /** The same with its body. */
  async get(path: string, options?: RequestOptions): Promise<Got> {
    const answer = await this.ask(path, options);
    const pieces: Buffer[] = [];
    for await (const piece of answer) pieces.push(piece as Buffer);
    return { answer, body: Buffer.concat(pieces) };
  }

  /** What Kagami has logged of requests with this method and path, in their order. */
  logged(message: string): LogLine[] {
    return this.both.mirror.log.filter(({ msg }) => msg === message);
  }

  async stop(): Promise<void> {
    await this.nginx.stop();
    await this.both.close();
  }
}
