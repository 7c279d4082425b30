import * as assert from 'uvu/assert';
import { RawClient } from '../../adapters/http/raw-client.ts';
import { eventually } from '../../support/eventually.ts';
import { randomBytesOf } from '../../support/oci-layer.ts';
import { testSuite } from '../../support/suite.ts';
import { REPOSITORY, type Scene, scenes } from './scene.ts';

const CROWD = 200;

const BAD_LENGTH = 'GET /v2/ HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n';
const TWO_LENGTHS =
  'GET /v2/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n';

/** What is no request; the last two are what request smuggling is made of. */
const SPEECHES: readonly (readonly [string, string | Buffer])[] = [
  ['noise', randomBytesOf(4096, 5)],
  ['TLS', Buffer.from('16030100c8010000c403031122334455', 'hex')],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['of a length that is no number', BAD_LENGTH],
  ['of two lengths', TWO_LENGTHS],
];

testSuite('Clients that do not behave as clients do', (it) => {
  const scene = scenes(it);
  const clients: RawClient[] = [];
  it.afterEach(() => {
    for (const client of clients.splice(0)) client.leave();
  });

  function crowd({ mirror: { url } }: Scene, count: number = CROWD): RawClient[] {
    const { hostname: host, port } = new URL(url);
    const address = { kind: 'tcp', url, host, port: Number(port) } as const;
    const came = Array.from({ length: count }, () => new RawClient(address));
    clients.push(...came);
    return came;
  }

  it('and say nothing at all are let go after http.limits.headertimeout', async () => {
    const made = await scene({ moment: 'warm', env: { HTTP_LIMITS_HEADERTIMEOUT: '200ms' } });
    const silent = crowd(made);
    assert.is(await made.pull(), 'whole');
    for (const client of silent) await client.ending();
  });

  for (const [what, bytes] of SPEECHES) {
    it(`and speak ${what} are shown the door, and nobody else is`, async () => {
      const made = await scene({ moment: 'warm' });
      const strangers = crowd(made, 50);
      for (const { socket } of strangers) socket.write(bytes);
      for (const client of strangers) {
        await client.ending();
        assert.match(client.text, /^HTTP\/1\.1 400 /);
      }
      assert.is(await made.pull(), 'whole');
    });
  }

  it('and ask a thousand times at once are answered a thousand times', async () => {
    const made = await scene({ moment: 'warm' });
    const [client] = crowd(made, 1);
    assert.ok(client);
    const path = `/v2/${REPOSITORY}/manifests/${made.latest.manifest.digest}`;
    for (let count = 0; count < 1000; count++) client.get(path);
    await client.until((text) => answersIn(text) >= 1000);
    assert.is(answersIn(client.text), 1000);
    assert.equal(made.hub.arrivals.all(), []);
  });

  it('and are turned away by http.limits.connections are let in when others have gone', async () => {
    const made = await scene({ moment: 'warm', env: { HTTP_LIMITS_CONNECTIONS: '3' } });
    const inside = crowd(made, 3);
    for (const client of inside) client.get('/v2/');
    for (const client of inside) await client.until((text) => answersIn(text) === 1);
    const [turnedAway] = crowd(made, 1);
    await turnedAway?.ending();
    assert.is(turnedAway?.text, '');
    for (const client of inside) client.leave();
    await eventually(() => inside.every(({ socket }) => socket.destroyed), 'they are gone');
    assert.is(await made.pull(), 'whole');
  });
});

function answersIn(text: string): number {
  return text.split('HTTP/1.1 200 OK').length - 1;
}
