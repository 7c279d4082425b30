import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate and its private key, in PEM. */
export interface Certified {
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateOptions {
  /** Who it is for. */
  readonly name: string;
  /** Who vouches for it; itself unless told. */
  readonly by?: Certified & { readonly name: string };
  readonly notAfter?: Date;
}

const HOUR_MS = 3_600_000;

/**
 * A certificate for 127.0.0.1 and localhost, as RFC 5280 has it, with a key on P-256. One that is not
 * signed by another may sign others.
 */
export function makeCertificate({ name, by, notAfter }: CertificateOptions): Certified {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signed = bodyOf({
    subject: name,
    issuer: by?.name ?? name,
    publicKey,
    isAuthority: by === undefined,
    notAfter: notAfter ?? new Date(Date.now() + 24 * HOUR_MS),
  });
  const signature = sign('sha256', signed, by?.key ?? privateKey);
  const certificate = sequence(signed, SIGNED_WITH, tagged(0x03, Buffer.from([0]), signature));
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { certificate: pem('CERTIFICATE', certificate), key };
}

/** A CA, and what it signs. */
export class Authority implements Certified {
  readonly name: string;
  readonly certificate: string;
  readonly key: string;

  constructor(name = 'a test CA') {
    this.name = name;
    const { certificate, key } = makeCertificate({ name });
    this.certificate = certificate;
    this.key = key;
  }

  issue(name: string, options: Pick<CertificateOptions, 'notAfter'> = {}): Certified {
    return makeCertificate({ ...options, name, by: this });
  }
}

interface Body {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly isAuthority: boolean;
  readonly notAfter: Date;
}

function bodyOf({ subject, issuer, publicKey, isAuthority, notAfter }: Body): Buffer {
  const serial = randomBytes(8);
  serial[0] = 1;
  const from = new Date(Math.min(Date.now(), notAfter.getTime()) - HOUR_MS);
  return sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, serial),
    SIGNED_WITH,
    nameOf(issuer),
    sequence(timeOf(from), timeOf(notAfter)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions(isAuthority))),
  );
}

function extensions(isAuthority: boolean): Buffer[] {
  const hosts = sequence(
    tagged(0x82, Buffer.from('localhost')),
    tagged(0x87, Buffer.from([127, 0, 0, 1])),
  );
  const authority = isAuthority ? sequence(tagged(0x01, Buffer.from([0xff]))) : sequence();
  return [
    sequence(objectId('551d11'), tagged(0x04, hosts)),
    sequence(objectId('551d13'), tagged(0x01, Buffer.from([0xff])), tagged(0x04, authority)),
  ];
}

function nameOf(commonName: string): Buffer {
  const text = tagged(0x0c, Buffer.from(commonName));
  return sequence(tagged(0x31, sequence(objectId('550403'), text)));
}

/** UTCTime: good until 2049. */
function timeOf(date: Date): Buffer {
  const digits = date.toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return tagged(0x17, Buffer.from(digits.slice(2)));
}

function objectId(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, 'hex'));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, ...parts);
}

/** One value in DER (ITU-T X.690 §8.1). */
function tagged(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const bytes = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...(length < 0x80 ? [length] : bytes)]), content]);
}

/** ecdsa-with-SHA256 (RFC 5758 §3.2). */
const SIGNED_WITH = sequence(objectId('2a8648ce3d040302'));

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
