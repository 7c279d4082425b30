import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as assert from 'uvu/assert';
import { PeerClient } from '../../../../../src/adapters/storage/s3/peer/peer-client.ts';
import { HmacSigner } from '../../../../../src/adapters/system/hmac-signer.ts';
import { parseDigest } from '../../../../../src/domain/digest.ts';
import { isPeerAuthorized } from '../../../../../src/domain/peer-authorization.ts';
import { sharedTransferPath } from '../../../../../src/domain/shared-transfer.ts';
import { freePort } from '../../../../support/free-port.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';
import { testSuite } from '../../../../support/suite.ts';

const TRANSFER = {
  digest: parseDigest(`sha256:${'a'.repeat(64)}`),
  owner: 's3.0123-4567',
  offset: 7,
};

testSuite('PeerClient', (it) => {
  const signer = new HmacSigner(() => 'hunter2');
  let server: Server;
  let url: string;
  let answer: RequestListener;
  let clock: ManualClock;
  let warnings: string[];
  let client: PeerClient;
  it.beforeEach(async () => {
    server = createServer((request, response) => answer(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mirror/`;
    clock = new ManualClock();
    warnings = [];
    client = new PeerClient({ signer, clock, warn: (text) => void warnings.push(text) });
  });
  it.afterEach(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });

  function says(status: number, body = ''): void {
    answer = (_, response) => void response.writeHead(status).end(body);
  }

  async function bytesFrom(where = url): Promise<string | undefined> {
    const reader = await client.open(where, TRANSFER);
    if (reader === undefined) return undefined;
    const pieces: Uint8Array[] = [];
    for (;;) {
      const piece = await reader.read(() => new Uint8Array(0));
      if (piece.length === 0) return Buffer.concat(pieces).toString();
      pieces.push(piece);
    }
  }

  it('asks for the transfer below the URL, and signs that', async () => {
    let asked: IncomingMessage | undefined;
    answer = (request, response) => {
      asked = request;
      response.write('some ');
      response.end('bytes');
    };
    assert.is(await bytesFrom(), 'some bytes');
    assert.is(asked?.url, `/mirror/${sharedTransferPath(TRANSFER)}`);
    const { authorization } = asked?.headers ?? {};
    assert.is(isPeerAuthorized(signer, authorization, TRANSFER, clock.now()), true);
  });

  it('finds nothing where there is nothing, which is no trouble', async () => {
    says(404);
    assert.is(await bytesFrom(), undefined);
    assert.ok(client.mayAsk(url));
    assert.equal(warnings, []);
  });

  it('leaves one alone for a while that does not answer as it should, and says so once', async () => {
    says(403);
    for (let times = 0; times < 3; times++) {
      assert.is(await bytesFrom(), undefined);
      assert.not.ok(client.mayAsk(url));
      clock.advance(15_000);
      assert.ok(client.mayAsk(url));
    }
    assert.is(warnings.length, 1);
    assert.match(warnings[0] ?? '', `the mirror at ${url} cannot be asked`);
    assert.match(warnings[0] ?? '', '(403): give all mirrors of the bucket the same http.secret');
    assert.not.match(warnings[0] ?? '', 'hunter2');
  });

  it('says so again if it was all right in between', async () => {
    says(500);
    await bytesFrom();
    says(200, 'bytes');
    clock.advance(15_000);
    assert.is(await bytesFrom(), 'bytes');
    says(302);
    await bytesFrom();
    assert.is(warnings.length, 2);
    assert.match(warnings[1] ?? '', '(302): check http.advertise, or http.host, of that mirror');
  });

  it('does not ask one that rests', async () => {
    says(500);
    await bytesFrom();
    says(200, 'bytes');
    assert.is(await bytesFrom(), undefined);
  });

  it('says what to do about one that cannot be reached', async () => {
    const nowhere = `http://127.0.0.1:${await freePort()}/`;
    assert.is(await bytesFrom(nowhere), undefined);
    assert.match(warnings[0] ?? '', '(ECONNREFUSED): see that it runs, and can be reached');
    says(200, 'bytes');
    assert.is(await bytesFrom(), 'bytes', 'others are not concerned');
  });

  it('fails where the bytes break off, or the reader is closed', async () => {
    answer = (_, response) => {
      response.write('some');
      setImmediate(() => response.destroy());
    };
    assert.is(await bytesFrom().catch(() => 'it failed'), 'it failed');
    answer = (_, response) => void response.write('some');
    const reader = await client.open(url, TRANSFER);
    await reader?.read(() => new Uint8Array(0));
    const waiting = reader?.read(() => new Uint8Array(0)).catch(() => 'it failed');
    reader?.close();
    assert.is(await waiting, 'it failed');
  });
});
