import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { createServer, type Server } from 'node:tls';
import * as assert from 'uvu/assert';
import { StorageFailed } from '../../../../src/domain/errors.ts';
import { makeCertificate } from '../../../support/certificates.ts';
import { rejects } from '../../../support/suite.ts';
import { s3Suite } from './s3-suite.ts';

s3Suite('S3 over HTTPS, by a certificate that nobody vouches for', (it, bed) => {
  let server: Server;
  let endpoint: string;
  it.beforeEach(async () => {
    const { certificate, key } = makeCertificate({ name: 'a bucket' });
    const { port } = new URL(bed().s3.url);
    server = createServer({ cert: certificate, key }, (secure) => {
      const clear = connect(Number(port), '127.0.0.1');
      secure.pipe(clear).pipe(secure);
      for (const [one, other] of [
        [secure, clear],
        [clear, secure],
      ] as const) {
        one.on('error', () => {});
        one.on('close', () => other.destroy());
      }
    });
    server.on('tlsClientError', () => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  it.afterEach(() => void server.close());

  it('is refused, with what to do', async () => {
    const error = await rejects(bed().another({ connection: { endpoint } }).start(), StorageFailed);
    assert.match(error.message, 'has a certificate that is not trusted (');
    assert.match(error.message, 'NODE_EXTRA_CA_CERTS, or set storage.s3.skipverify to true');
  });

  it('is used if that is not to be checked', async () => {
    const storage = bed().another({ connection: { endpoint, skipVerify: true } });
    await storage.start();
    await storage.records.put('kagami/x', Buffer.from('x'));
    assert.is(Buffer.from((await bed().storage.records.get('kagami/x')) ?? []).toString(), 'x');
  });
});
