import * as assert from 'uvu/assert';
import { type Download, download } from '../support/download.ts';
import { Gate } from '../support/gate.ts';
import type { MirrorProcess } from '../support/mirror-process.ts';
import { image, randomLayer } from '../support/oci-image.ts';
import type { Layer } from '../support/oci-layer.ts';
import { pullByDigest, pullByTag } from '../support/pulls.ts';
import { sampleImage } from '../support/sample-image.ts';
import { SharedDirectory } from '../support/shared-directory.ts';
import { testSuite } from '../support/suite.ts';

const MIB = 1024 * 1024;
const SIZE = 16 * MIB;
const CLIENTS = 40;
/** Slow enough for something to happen in the middle. */
const RATE = 24 * MIB;
const REPOSITORY = 'library/large';
/** Long enough for all who ask at once to have asked, on a machine that is busy with others. */
const JOINING_MS = 1_500;

for (const processes of [2, 4]) {
  testSuite(`${processes} processes over one directory`, (it) => {
    let shared: SharedDirectory;
    let blob: Layer;
    let seed = 0;
    it.beforeEach(async () => {
      shared ??= await SharedDirectory.open();
      blob = randomLayer(SIZE, ++seed);
      shared.hub.push(REPOSITORY, image({ layers: [blob] }), { tags: ['latest'] });
      shared.hub.cdn.bytesPerSecond = RATE;
      shared.hub.faults.clear();
      await shared.startUpTo(processes);
    });
    it.after(() => shared.close());

    function begin(mirror: MirrorProcess, headers?: Record<string, string>): Promise<Download> {
      return download(`${mirror.url}/v2/${REPOSITORY}/blobs/${blob.digest}`, headers);
    }

    function beginAtAll(): Promise<Download[]> {
      return Promise.all(Array.from({ length: CLIENTS }, (_, at) => begin(shared.mirror(at))));
    }

    it('download a cold blob once for the clients of all', async () => {
      const clients = await beginAtAll();
      for (const client of clients) assert.is(await client.digest(), blob.digest);
      assert.is(shared.hub.arrivals.count('blob-get'), 1);
      assert.is(shared.hub.arrivals.bytes('cdn-get'), SIZE);
      await shared.store.check();
    });

    it('send what comes to all clients at once, and not when it is whole', async () => {
      const gate = new Gate();
      const action = { type: 'hold', until: gate.passed, after: SIZE / 2 } as const;
      shared.hub.faults.add({ server: 'cdn', kind: 'cdn-get', action });
      const clients = await beginAtAll();
      await Promise.all(clients.map((client) => client.reached(SIZE / 2)));
      gate.open();
      for (const client of clients) assert.is(await client.digest(), blob.digest);
    });

    it('go on with the download of one that is killed, without their clients noticing', async () => {
      const holder = shared.mirror(0);
      const doomed = await begin(holder);
      await doomed.reached(MIB);
      const others = shared.mirrors.filter((mirror) => mirror !== holder);
      const clients = await Promise.all(
        Array.from({ length: 10 }, (_, at) => begin(others[at % others.length] ?? holder)),
      );
      await Promise.all(clients.map((client) => client.reached(SIZE / 2)));
      const before = shared.events('transfer-taken-over');
      await shared.kill(holder);
      for (const client of clients) assert.is(await client.digest(), blob.digest);
      const { arrivals } = shared.hub;
      assert.is(arrivals.count('cdn-get'), 2);
      assert.ok(arrivals.bytes('cdn-get') < SIZE + 4 * MIB, String(arrivals.bytes('cdn-get')));
      assert.is(shared.events('transfer-taken-over'), before + 1);
      await shared.store.check();
    });

    if (processes === 2) {
      it('go on with the download of one that stands still, and does no harm when it wakes', async () => {
        const holder = shared.mirror(0);
        const asleep = await begin(holder);
        await asleep.reached(MIB);
        const client = await begin(shared.mirror(1));
        await client.reached(2 * MIB);
        const before = shared.events('transfer-taken-over');
        holder.program.signal('SIGSTOP');
        try {
          assert.is(await client.digest(), blob.digest);
        } finally {
          holder.program.signal('SIGCONT');
        }
        assert.is(shared.events('transfer-taken-over'), before + 1);
        assert.is(await asleep.digest(), blob.digest);
        await shared.mirror(1).stored(blob.digest);
        shared.store.forgetContent();
        await shared.store.check();
        shared.store.mustHave(blob.digest);
      });
    }

    it('go on with the download of one that is stopped in order', async () => {
      const holder = shared.mirror(0);
      const leaving = await begin(holder);
      await leaving.reached(MIB);
      const other = shared.mirror(1);
      const client = await begin(other);
      await client.reached(2 * MIB);
      leaving.leave();
      shared.mirrors.splice(0, 1);
      await holder.stop();
      assert.is(await client.digest(), blob.digest);
      // The CDN may have sent more by then than had arrived: what it counts is no measure.
      const ranges = shared.hub.arrivals.of('cdn-get').map(({ range }) => range);
      assert.equal([ranges.length, ranges[0]], [2, undefined]);
      const [, from = ''] = /^bytes=(\d+)-$/.exec(ranges[1] ?? '') ?? [];
      assert.ok(Number(from) >= 2 * MIB, `it was asked for ${ranges[1]}`);
    });

    it('stop in order while they follow one that goes on', async () => {
      const gate = new Gate();
      const action = { type: 'hold', until: gate.passed, after: SIZE / 2 } as const;
      shared.hub.faults.add({ server: 'cdn', kind: 'cdn-get', action });
      const whole = await begin(shared.mirror(0));
      const [follower] = shared.mirrors.splice(1, 1) as [MirrorProcess];
      const leaving = await begin(follower);
      await leaving.reached(MIB);
      leaving.leave();
      await follower.stop();
      assert.ok(follower.log.some(({ msg }) => msg === 'stopped'));
      gate.open();
      assert.is(await whole.digest(), blob.digest);
    });

    it('serve parts of what another one downloads', async () => {
      const whole = await begin(shared.mirror(0));
      await whole.reached(MIB);
      const part = await begin(shared.mirror(1), { range: `bytes=${MIB}-${3 * MIB - 1}` });
      assert.is(part.status, 206);
      await part.digest();
      assert.is(part.bytes, 2 * MIB);
      assert.is(await whole.digest(), blob.digest);
      assert.is(shared.hub.arrivals.bytes('cdn-get'), SIZE);
    });

    it('fetch an image once, manifests and all, however many pull it from whichever', async () => {
      shared.hub.push('library/sample', sampleImage(`shared by ${processes}`), {
        tags: ['latest'],
      });
      const pulls = Array.from({ length: 12 }, (_, at) =>
        pullByTag(shared.mirror(at).url, 'library/sample', 'latest'),
      );
      await Promise.all(pulls);
      const { arrivals } = shared.hub;
      const digests = arrivals.of('manifest-get').map(({ reference }) => reference);
      assert.is(digests.length, new Set(digests).size, digests.join('\n'));
      const blobs = arrivals.of('cdn-get').map(({ reference }) => reference);
      assert.is(blobs.length, new Set(blobs).size, blobs.join('\n'));
      for (const { url } of shared.mirrors) await pullByDigest(url, 'library/sample', 'latest');
      assert.is(arrivals.count('manifest-get'), digests.length);
    });

    it('ask the Hub about a tag one at a time, and share the answer', async () => {
      shared.hub.push('library/sample', sampleImage(`asked by ${processes}`), { tags: ['latest'] });
      await pullByTag(shared.mirror(0).url, 'library/sample', 'latest');
      shared.hub.arrivals.clear();
      const action = { type: 'slow', ms: JOINING_MS } as const;
      shared.hub.faults.add({ server: 'registry', kind: 'manifest-head', action });
      const answers = await Promise.all(
        shared.mirrors.map(({ url }) => fetch(`${url}/v2/library/sample/manifests/latest`)),
      );
      assert.ok(answers.every(({ status }) => status === 200));
      assert.is(shared.hub.arrivals.count('manifest-head'), 1);
    });

    it('ask the Hub again for whoever comes after its answer', async () => {
      for (let at = 0; at < 20; at++) {
        const digest = shared.hub.push('library/sample', sampleImage(`${processes} ${at}`), {
          tags: ['latest'],
        });
        const url = `${shared.mirror(at).url}/v2/library/sample/manifests/latest`;
        const { headers } = await fetch(url, { method: 'HEAD' });
        assert.is(headers.get('docker-content-digest'), digest);
      }
    });
  });
}
