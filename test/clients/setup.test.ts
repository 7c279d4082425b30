import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Client, StartClient } from '../support/clients/client.ts';
import {
  type ClientsAndMirror,
  clientsAndMirror,
  runnableImage,
} from '../support/clients/clients-and-mirror.ts';
import { startContainerdWith } from '../support/clients/containerd.ts';
import { dockerClient, startDockerd } from '../support/clients/docker.ts';
import { podmanClient, podmanWith } from '../support/clients/podman.ts';
import { builtMirror } from '../support/compiled-mirror.ts';
import { run } from '../support/program.ts';
import { testSuite } from '../support/suite.ts';

/** What `kagami setup` prints for this client of the mirror at `url`. */
async function printed(client: string, url: string, directory: string): Promise<string> {
  // Named, so that no file of the machine is read.
  const config = join(directory, 'kagami.yml');
  await writeFile(config, 'version: 0.1\nproxy: {remoteurl: "http://127.0.0.1:1"}\n');
  return run(process.execPath, [builtMirror(), 'setup', client, config, '--url', url]);
}

const docker: StartClient = async ({ mirror, ...options }) => {
  const daemonJson = await printed('docker', mirror, options.directory);
  return dockerClient(await startDockerd(options, daemonJson));
};

const containerd: StartClient = async ({ mirror, ...options }) =>
  startContainerdWith(options, await printed('containerd', mirror, options.directory));

const podman: StartClient = async ({ mirror, ...options }) => {
  const conf = join(options.directory, 'registries.conf');
  await mkdir(options.directory, { recursive: true });
  await writeFile(conf, await printed('podman', mirror, options.directory));
  return podmanClient(await podmanWith(options, conf));
};

testSuite('What kagami setup prints, used as it is', (it) => {
  let all: ClientsAndMirror;
  it.beforeEach(async () => {
    all = await clientsAndMirror();
    all.hub.push('library/app', runnableImage('by the mirror'), { tags: ['latest'] });
  });
  it.afterEach(() => all.close());

  const CLIENTS: readonly (readonly [string, StartClient])[] = [
    ['docker', docker],
    ['containerd', containerd],
    ['podman', podman],
  ];
  for (const [name, start] of CLIENTS) {
    it(`makes ${name} pull through the mirror`, async () => {
      const client: Client = await all.add(start);
      await client.pull('library/app:latest');
      assert.is(await client.read('library/app:latest'), 'by the mirror\n');
      assert.is(all.hub.arrivals.count('manifest-head'), 1);
      assert.equal(all.strayCalls, []);
    });
  }
});
