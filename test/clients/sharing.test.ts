import * as assert from 'uvu/assert';
import { startBuildah } from '../support/clients/buildah.ts';
import type { StartClient } from '../support/clients/client.ts';
import {
  type ClientsAndMirror,
  clientsAndMirror,
  runnableImage,
} from '../support/clients/clients-and-mirror.ts';
import { startContainerd } from '../support/clients/containerd.ts';
import { startDocker } from '../support/clients/docker.ts';
import { startPodman } from '../support/clients/podman.ts';
import { startSkopeo } from '../support/clients/skopeo.ts';
import { testSuite } from '../support/suite.ts';

const IMAGE = 'library/shared:latest';

testSuite('Clients of all kinds share what one of them brought', (it) => {
  let all: ClientsAndMirror | undefined;
  it.after(() => all?.close());

  async function ready(): Promise<ClientsAndMirror> {
    if (all === undefined) {
      all = await clientsAndMirror();
      all.hub.push('library/shared', runnableImage('for all'), { tags: ['latest'] });
      await (await all.add(startSkopeo)).pull(IMAGE);
    }
    all.hub.arrivals.clear();
    return all;
  }

  const OTHERS: [string, StartClient][] = [
    ['dockerd', startDocker],
    ['containerd', startContainerd],
    ['podman', startPodman],
    ['buildah', startBuildah],
  ];
  for (const [name, start] of OTHERS) {
    it(`${name} gets it for one HEAD at the Hub`, async () => {
      const shared = await ready();
      const client = await shared.add(start);
      await client.pull(IMAGE);
      assert.equal(shared.hub.arrivals.summary(), { 'manifest-head': 1 });
      assert.is(await client.read(IMAGE), 'for all\n');
    });
  }
});

testSuite('Clients that pull one image at the same time', (it) => {
  it('cost the Hub one download of each blob', async () => {
    const all = await clientsAndMirror();
    try {
      const starts = [startDocker, startContainerd, startPodman, startBuildah, startSkopeo];
      const clients = await Promise.all(starts.map((start) => all.add(start)));
      all.hub.push('library/wanted', runnableImage('wanted by all'), { tags: ['latest'] });
      all.hub.cdn.bytesPerSecond = 2_000_000;
      await Promise.all(clients.map((client) => client.pull('library/wanted:latest')));
      const { 'manifest-head': heads, ...others } = all.hub.arrivals.summary();
      const blobs = { 'blob-get': 3, 'cdn-get': 3 };
      assert.equal(others, { challenge: 1, token: 1, 'manifest-get': 2, ...blobs });
      assert.ok(heads !== undefined && heads <= clients.length);
      for (const client of clients) {
        assert.is(await client.read('library/wanted:latest'), 'wanted by all\n');
      }
      assert.equal(all.strayCalls, []);
    } finally {
      await all.close();
    }
  });
});
