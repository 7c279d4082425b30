import { writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import type { TlsOptions } from '../../../src/adapters/http/tls-files.ts';
import { Authority, type Certified } from '../../support/certificates.ts';
import { type TempDirectory, tempDirectory } from '../../support/temp-directory.ts';
import type { Serving } from './serving.ts';

export interface SecureAsking {
  readonly as?: Certified | undefined;
  readonly ca?: string;
  readonly maxVersion?: 'TLSv1.1' | 'TLSv1.2';
}

export interface SecureAnswer {
  readonly status: number;
  /** Name of the server's certificate. */
  readonly from: string;
}

/** Certificates in files, and clients that check them. */
export class HttpsScene {
  readonly authority: Authority = new Authority();
  readonly directory: TempDirectory;

  constructor(directory: TempDirectory) {
    this.directory = directory;
    this.renew('a server');
    this.write('ca.pem', this.authority.certificate);
  }

  static async create(): Promise<HttpsScene> {
    return new HttpsScene(await tempDirectory());
  }

  get options(): TlsOptions {
    return {
      certificate: this.path('certificate.pem'),
      key: this.path('key.pem'),
      clientCas: [],
      clientAuth: undefined,
      minimumVersion: 'TLSv1.2',
    };
  }

  path(name: string): string {
    return join(this.directory.path, name);
  }

  write(name: string, text: string): string {
    writeFileSync(this.path(name), text);
    return this.path(name);
  }

  /** Another certificate takes the place of the server's. */
  renew(name: string): void {
    const { certificate, key } = this.authority.issue(name);
    this.write('certificate.pem', certificate);
    this.write('key.pem', key);
  }

  ask({ address }: Serving, path: string, asking: SecureAsking = {}): Promise<SecureAnswer> {
    if (address.kind !== 'tcp') throw new Error('not TCP');
    const { as, ca = this.authority.certificate, maxVersion } = asking;
    const options = {
      host: address.host,
      port: address.port,
      path,
      ca,
      agent: false,
      ...(as && { cert: as.certificate, key: as.key }),
      // Such old versions are not spoken at OpenSSL's own level of security.
      ...(maxVersion && { maxVersion, minVersion: maxVersion, ciphers: 'DEFAULT@SECLEVEL=0' }),
    };
    return new Promise((resolve, reject) => {
      const asked = request(options, (response) => {
        const { subject } = (response.socket as TLSSocket).getPeerCertificate();
        response.on('error', reject);
        const from = String(subject.CN);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, from }));
        response.resume();
      });
      asked.on('error', reject);
      asked.end();
    });
  }

  /** A connection on which nothing has been asked yet. */
  connect({ address }: Serving): TLSSocket {
    if (address.kind !== 'tcp') throw new Error('not TCP');
    return connect({ host: address.host, port: address.port, ca: this.authority.certificate });
  }
}
