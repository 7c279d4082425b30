import { join } from 'node:path';
import * as assert from 'uvu/assert';
import {
  type ClientsAndMirror,
  clientsAndMirror,
  runnableImage,
} from '../support/clients/clients-and-mirror.ts';
import { requirePrograms } from '../support/clients/installed.ts';
import { writeRegistriesConf } from '../support/clients/registries-conf.ts';
import type { HubDouble } from '../support/hub/hub-double.ts';
import { run } from '../support/program.ts';
import { ARCHITECTURES, SAMPLE_BLOBS } from '../support/sample-image.ts';
import { testSuite } from '../support/suite.ts';

const IMAGE = 'docker://docker.io/library/sample';

interface Inspected {
  Digest: string;
  RepoTags: string[];
  Layers: string[];
}

function manifestsAndBlobs({ arrivals }: HubDouble): object {
  const {
    'manifest-head': heads,
    'manifest-get': manifests,
    'cdn-get': blobs,
  } = arrivals.summary();
  return { heads, manifests, blobs };
}

testSuite('skopeo through the mirror', (it) => {
  let all: ClientsAndMirror | undefined;
  let digest = '';
  it.after(() => all?.close());

  async function ready(): Promise<ClientsAndMirror> {
    requirePrograms(['skopeo']);
    if (all === undefined) {
      all = await clientsAndMirror();
      digest = all.hub.push('library/sample', runnableImage('sample'), { tags: ['latest', '1.0'] });
    }
    all.hub.arrivals.clear();
    return all;
  }

  async function skopeo(...args: string[]): Promise<string> {
    const { directory, url } = await ready();
    const registries = await writeRegistriesConf(directory, url);
    const env = { HOME: directory };
    return run('skopeo', ['--registries-conf', registries, ...args], { env });
  }

  it('copies every platform with one request for each thing', async () => {
    const { hub, directory } = await ready();
    const layout = join(directory, 'copied');
    await skopeo('copy', '--all', `${IMAGE}:latest`, `oci:${layout}:latest`);
    const platforms = ARCHITECTURES.length;
    const whole = { heads: 1, manifests: 1 + platforms, blobs: platforms * SAMPLE_BLOBS };
    assert.equal(manifestsAndBlobs(hub), whole);
    const copied = await skopeo('inspect', '--raw', `oci:${layout}:latest`);
    assert.is(copied, await skopeo('inspect', '--raw', `${IMAGE}:latest`));
  });

  it('copies every platform again for one HEAD at the Hub', async () => {
    const { hub, directory } = await ready();
    await skopeo('copy', '--all', `${IMAGE}:latest`, `oci:${join(directory, 'again')}:latest`);
    assert.equal(hub.arrivals.summary(), { 'manifest-head': 1 });
  });

  it('copies by digest without asking the Hub', async () => {
    const { hub, directory } = await ready();
    const layout = `oci:${join(directory, 'by-digest')}:latest`;
    await skopeo('copy', '--all', `${IMAGE}@${digest}`, layout);
    assert.equal(hub.arrivals.summary(), {});
  });

  it('inspects an image', async () => {
    const { hub } = await ready();
    const inspected = JSON.parse(
      await skopeo('inspect', '--no-tags', `${IMAGE}:latest`),
    ) as Inspected;
    assert.is(inspected.Digest, digest);
    assert.is(inspected.Layers.length, SAMPLE_BLOBS - 1);
    assert.equal(hub.arrivals.summary(), { 'manifest-head': 1 });
  });

  // For tags, skopeo goes to the registry that the name says, whatever mirrors there are.
  it('inspects an image with its tags at the mirror itself', async () => {
    const { mirrored } = await ready();
    const image = `docker://${mirrored.mirror.host}/library/sample:latest`;
    const inspected = JSON.parse(await skopeo('inspect', '--tls-verify=false', image)) as Inspected;
    assert.is(inspected.Digest, digest);
    assert.equal(inspected.RepoTags, ['1.0', 'latest']);
  });

  it('lists the tags that the Hub has now', async () => {
    const { hub, mirrored } = await ready();
    hub.tag('library/sample', '2.0', digest);
    const image = `docker://${mirrored.mirror.host}/library/sample`;
    const listed = JSON.parse(await skopeo('list-tags', '--tls-verify=false', image)) as object;
    const name = `${mirrored.mirror.host}/library/sample`;
    assert.equal(listed, { Repository: name, Tags: ['1.0', '2.0', 'latest'] });
    assert.equal(hub.arrivals.summary(), { tags: 1 });
  });

  it('is told so when there is no such tag', async () => {
    const failure = await skopeo('inspect', '--no-tags', `${IMAGE}:nope`).catch(String);
    assert.match(failure, /manifest unknown/);
  });
});
