import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as assert from 'uvu/assert';
import { RegistryUpstream } from '../../../../src/adapters/upstream/registry/registry-upstream.ts';
import { parseReference } from '../../../../src/domain/reference.ts';
import { parseRepositoryName } from '../../../../src/domain/repository-name.ts';
import { testSuite } from '../../../support/suite.ts';
import { COMMON, MULTI } from './hub-bed.ts';

testSuite('RegistryUpstream: connections', (it) => {
  it('asks for tags again and again over the connections it has', async () => {
    let connections = 0;
    const { digest, mediaType, bytes } = MULTI.manifest;
    const server = createServer(({ method }, response) => {
      response.setHeader('Docker-Content-Digest', digest);
      response.setHeader('Content-Type', mediaType);
      response.setHeader('Content-Length', bytes.byteLength);
      response.end(method === 'HEAD' ? undefined : bytes);
    });
    server.on('connection', () => connections++);
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const upstream = new RegistryUpstream({ ...COMMON, url: new URL(`http://127.0.0.1:${port}`) });
    try {
      for (let asked = 0; asked < 20; asked++) {
        await upstream.resolve(parseRepositoryName('library/alpine'), parseReference('3.20'));
      }
      // The second is opened while the first is about to be free again.
      assert.ok(connections <= 2, `${connections} connections`);
    } finally {
      await upstream.close();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
