import * as assert from 'uvu/assert';
import type { Client, StartClient } from '../support/clients/client.ts';
import {
  type ClientsAndMirror,
  clientsAndMirror,
  runnableImage,
} from '../support/clients/clients-and-mirror.ts';
import type { HubDouble } from '../support/hub/hub-double.ts';
import { SAMPLE_BLOBS } from '../support/sample-image.ts';
import { testSuite } from '../support/suite.ts';

const MANIFESTS = { 'manifest-head': 1, 'manifest-get': 2 };
/** Each by way of the CDN. */
const BLOBS = { 'blob-get': SAMPLE_BLOBS, 'cdn-get': SAMPLE_BLOBS };

/** What every client has to experience with the mirror, and the Hub with the client. */
export function pullsThroughTheMirror(name: string, start: StartClient): void {
  testSuite(`${name} pulls through the mirror`, (it) => {
    let all: ClientsAndMirror | undefined;
    let added: Client | undefined;

    async function ready(): Promise<{ hub: HubDouble; client: Client; all: ClientsAndMirror }> {
      if (all === undefined) all = await clientsAndMirror();
      else all.hub.arrivals.clear();
      added ??= await all.add(start);
      return { hub: all.hub, client: added, all };
    }
    it.after(() => all?.close());

    // The first test: only here is anything new to the mirror's process, too.
    it('what is new, with one request for each thing', async () => {
      const { hub, client } = await ready();
      hub.push('library/first', runnableImage('the first'), { tags: ['latest'] });
      await client.pull('library/first:latest');
      assert.equal(hub.arrivals.summary(), { challenge: 1, token: 1, ...MANIFESTS, ...BLOBS });
      assert.is(await client.read('library/first:latest'), 'the first\n');
    });

    it('what the mirror has, with one HEAD at the Hub', async () => {
      const { hub, client } = await ready();
      hub.push('library/again', runnableImage('once more'), { tags: ['latest'] });
      await client.pull('library/again:latest');
      await client.remove('library/again:latest');
      hub.arrivals.clear();
      await client.pull('library/again:latest');
      assert.equal(hub.arrivals.summary(), { 'manifest-head': 1 });
      assert.is(await client.read('library/again:latest'), 'once more\n');
    });

    it('the new image when the tag has moved', async () => {
      const { hub, client } = await ready();
      hub.push('library/moving', runnableImage('before'), { tags: ['latest'] });
      await client.pull('library/moving:latest');
      hub.push('library/moving', runnableImage('after'), { tags: ['latest'] });
      hub.arrivals.clear();
      await client.pull('library/moving:latest');
      assert.equal(hub.arrivals.summary(), { ...MANIFESTS, ...BLOBS });
      assert.is(await client.read('library/moving:latest'), 'after\n');
    });

    it("an image in Docker's own format", async () => {
      const { hub, client } = await ready();
      const image = runnableImage('of old', { format: 'docker' });
      hub.push('library/docker', image, { tags: ['latest'] });
      await client.pull('library/docker:latest');
      assert.equal(hub.arrivals.summary(), { token: 1, ...MANIFESTS, ...BLOBS });
      assert.is(await client.read('library/docker:latest'), 'of old\n');
    });

    it('what the mirror has while the Hub cannot be reached', async () => {
      const { hub, client, all: both } = await ready();
      hub.push('library/kept', runnableImage('still here'), { tags: ['latest'] });
      await client.pull('library/kept:latest');
      await client.remove('library/kept:latest');
      await both.mirrored.hubGoesDown();
      await client.pull('library/kept:latest');
      assert.is(await client.read('library/kept:latest'), 'still here\n');
    });

    it('without asking anybody else', async () => {
      assert.equal((await ready()).all.strayCalls, []);
    });
  });
}
