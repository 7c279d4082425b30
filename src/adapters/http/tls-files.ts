import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { getSystemErrorMap } from 'node:util';

/** What is asked of a client's certificate, in the words of the CNCF registry. */
export type ClientAuth =
  | 'request-client-cert'
  | 'require-any-client-cert'
  | 'verify-client-cert-if-given'
  | 'require-and-verify-client-cert';

export interface TlsOptions {
  /** Path of the certificate and those that link it to its root, PEM. */
  readonly certificate: string;
  /** Path of its private key, PEM. */
  readonly key: string;
  /** Paths of the CAs that sign clients' certificates, PEM. */
  readonly clientCas: readonly string[];
  readonly clientAuth: ClientAuth | undefined;
  readonly minimumVersion: 'TLSv1.2' | 'TLSv1.3';
}

/** Something wrong with one of the files. */
export interface TlsFault {
  readonly file: 'certificate' | 'key' | 'clientCas';
  /** Which of the CAs. */
  readonly position?: number;
  /** Goes on after the name of the setting. */
  readonly sentence: string;
}

/** The files cannot be used; the message is for whoever runs the mirror. */
export class TlsUnusable extends Error {
  override readonly name = 'TlsUnusable';

  constructor(faults: readonly TlsFault[]) {
    super(
      faults.map(({ file, sentence }) => `http.tls.${file.toLowerCase()} ${sentence}`).join('; '),
    );
  }
}

/** @throws TlsUnusable */
export function readTls(options: TlsOptions): SecureContextOptions {
  const faults = tlsFaults(options);
  if (faults.length > 0) throw new TlsUnusable(faults);
  return contextOf(options);
}

/** Everything that is wrong with the files. */
export function tlsFaults(options: TlsOptions): TlsFault[] {
  const reading = new Reading();
  const certificate = reading.certificate({ file: 'certificate' }, options.certificate);
  const key = reading.key(options.key);
  for (const [position, path] of options.clientCas.entries()) {
    reading.certificate({ file: 'clientCas', position }, path);
  }
  if (certificate !== undefined && key !== undefined && !certificate.checkPrivateKey(key)) {
    const sentence = `names ${options.key}, which is not the key of ${options.certificate}`;
    reading.faults.push({ file: 'key', sentence });
  }
  return reading.faults.length > 0 ? reading.faults : unusable(options);
}

function contextOf(options: TlsOptions): SecureContextOptions {
  const { clientCas, minimumVersion } = options;
  return {
    cert: readFileSync(options.certificate),
    key: readFileSync(options.key),
    minVersion: minimumVersion,
    ...(clientCas.length > 0 && { ca: clientCas.map((path) => readFileSync(path)) }),
  };
}

/** OpenSSL has rules of its own, such as how long a key must be. */
function unusable(options: TlsOptions): TlsFault[] {
  try {
    createSecureContext(contextOf(options));
    return [];
  } catch (error) {
    const { reason, message } = error as Error & { reason?: string };
    const why = reason ?? message;
    return [
      {
        file: 'certificate',
        sentence: `names ${options.certificate}, which cannot be used: ${why}`,
      },
    ];
  }
}

class Reading {
  readonly faults: TlsFault[] = [];

  certificate(at: Omit<TlsFault, 'sentence'>, path: string): X509Certificate | undefined {
    const pem = this.#read(at, path);
    if (pem === undefined) return undefined;
    try {
      return new X509Certificate(pem);
    } catch {
      this.#fault(at, `names ${path}, which holds no certificate in PEM`);
      return undefined;
    }
  }

  key(path: string): KeyObject | undefined {
    const at = { file: 'key' } as const;
    const pem = this.#read(at, path);
    if (pem === undefined) return undefined;
    try {
      return createPrivateKey(pem);
    } catch (error) {
      const isLocked = (error as NodeJS.ErrnoException).code === 'ERR_MISSING_PASSPHRASE';
      const why = isLocked ? 'is locked by a passphrase' : 'holds no private key in PEM';
      this.#fault(at, `names ${path}, which ${why}`);
      return undefined;
    }
  }

  #read(at: Omit<TlsFault, 'sentence'>, path: string): Buffer | undefined {
    try {
      return readFileSync(path);
    } catch (error) {
      this.#fault(at, `names ${path}, which cannot be read: ${reasonOf(error)}`);
      return undefined;
    }
  }

  #fault(at: Omit<TlsFault, 'sentence'>, sentence: string): void {
    this.faults.push({ ...at, sentence });
  }
}

function reasonOf(error: unknown): string {
  const { errno = 0, message } = error as NodeJS.ErrnoException;
  return getSystemErrorMap().get(errno)?.[1] ?? message;
}
