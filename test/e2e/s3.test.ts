import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { parseDigest } from '../../src/domain/digest.ts';
import { blobKey, layerLinkKey } from '../../src/domain/registry-layout.ts';
import { parseRepositoryName } from '../../src/domain/repository-name.ts';
import { compiledMirror } from '../support/compiled-mirror.ts';
import { download } from '../support/download.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { runMirror, startMirror } from '../support/mirror-process.ts';
import { type MirroredHub, mirroredHub } from '../support/mirrored-hub.ts';
import { image, index, randomLayer } from '../support/oci-image.ts';
import { pullByDigest } from '../support/pulls.ts';
import { type S3Double, startS3 } from '../support/s3/s3-double.ts';
import { MIB, s3Variables } from '../support/s3/s3-fixture.ts';
import { sampleImage } from '../support/sample-image.ts';
import { testSuite } from '../support/suite.ts';
import { type TempDirectory, tempDirectory } from '../support/temp-directory.ts';

const REPOSITORY = 'library/sample';

testSuite('A mirror that keeps its images in a bucket', (it) => {
  const sample = sampleImage('kept');
  let s3: S3Double;
  let directory: TempDirectory;
  let both: MirroredHub | undefined;
  it.beforeEach(async () => {
    [s3, directory] = await Promise.all([startS3(), tempDirectory()]);
    // Named, so that no file of the machine is read.
    await writeFile(join(directory.path, 'config.yml'), 'version: 0.1\n');
  });
  it.afterEach(async () => {
    await both?.close();
    both = undefined;
    await s3.close();
    await directory.remove();
  });

  function variables(more: Record<string, string> = {}): Record<string, string> {
    const file = { CONFIGURATION_PATH: join(directory.path, 'config.yml') };
    const all = { ...file, ...s3Variables(s3, directory.path), ...more };
    return Object.fromEntries(
      Object.entries(all).map(([name, value]) => [`REGISTRY_${name}`, value]),
    );
  }

  it('has them when it is started again, and finds nothing wrong with them', async () => {
    both = await mirroredHub({ env: variables() });
    both.hub.push(REPOSITORY, sample, { tags: ['latest'] });
    await pullByDigest(both.url, REPOSITORY, 'latest');
    await both.restart();
    await both.forgetArrivals();
    await pullByDigest(both.url, REPOSITORY, 'latest');
    assert.is(both.hub.arrivals.count('manifest-get'), 0);
    assert.is(both.hub.arrivals.count('blob-get'), 0);
    await both.mirror.stop();
    const verify = runMirror(['verify'], { main: await compiledMirror(), env: variables() });
    assert.equal(await verify.ended, { code: 0, signal: null }, verify.stderr);
    assert.match(verify.stdout, /^5 blobs \(.*\) in 1 repositories: all is well\n$/);
  });

  it('goes on after kill -9 with a blob that was whole and not yet in the bucket', async () => {
    const made = image({ layers: [randomLayer(7 * MIB, 1)] });
    const large = index([{ image: made }]);
    both = await mirroredHub({ env: variables({ STORAGE_S3_CHUNKSIZE: String(5 * MIB) }) });
    both.hub.push(REPOSITORY, large, { tags: ['latest'] });
    const never = new Promise<void>(() => {});
    const works = s3.fails({ operation: 'UploadPart', action: { kind: 'late', until: never } });
    await pullByDigest(both.url, REPOSITORY, 'latest');
    const others = [large.manifest.digest, made.manifest.digest, made.config.digest].map((digest) =>
      blobKey(parseDigest(digest)),
    );
    await eventually(
      () => others.every((key) => s3.store.objects.has(key)),
      'all the others are there',
    );
    const link = layerLinkKey(parseRepositoryName(REPOSITORY), parseDigest(made.config.digest));
    await eventually(() => s3.store.objects.has(link), 'and linked');
    both.mirror.program.kill();
    await both.mirror.program.ended;
    works();
    await both.start();
    await both.forgetArrivals();
    await pullByDigest(both.url, REPOSITORY, 'latest');
    assert.is(both.hub.arrivals.count('blob-get'), 0);
    await both.mirror.stop();
    assert.is(s3.count('CompleteMultipartUpload'), 1);
  });

  it('goes on with the download of another one that is killed, and no client notices', async () => {
    const blob = randomLayer(8 * MIB, 2);
    const [first, second] = [await peerVariables('first'), await peerVariables('second')];
    both = await mirroredHub({ env: first });
    const { hub, directory: files, mirror } = both;
    hub.push(REPOSITORY, image({ layers: [blob] }), { tags: ['latest'] });
    const other = await startMirror({ directory: files.path, upstream: hub.url, env: second });
    try {
      hub.faults.add({ server: 'cdn', times: 1, action: { type: 'stall', after: 4 * MIB } });
      const path = `/v2/${REPOSITORY}/blobs/${blob.digest}`;
      const holder = await download(`${mirror.url}${path}`);
      const client = await download(`${other.url}${path}`);
      await client.reached(3 * MIB);
      mirror.program.kill();
      await mirror.program.ended;
      assert.is(await client.digest(), blob.digest);
      await holder.digest().catch(() => {});
      assert.ok(hub.arrivals.bytes('cdn-get') <= 9 * MIB, 'what was here is not fetched again');
    } finally {
      await other.stop();
    }
  });

  /** Of a mirror that others of its bucket can ask. */
  async function peerVariables(name: string): Promise<Record<string, string>> {
    const address = `127.0.0.1:${await freePort()}`;
    return variables({
      STORAGE_S3_STAGING: join(directory.path, name),
      STORAGE_REDIRECT_DISABLE: 'true',
      HTTP_ADDR: address,
      HTTP_ADVERTISE: `http://${address}`,
      HTTP_SECRET: 'the same for all',
    });
  }

  it('does not start without its bucket, and says why in one line', async () => {
    const env = variables({ STORAGE_S3_BUCKET: 'other', HTTP_ADDR: '127.0.0.1:0' });
    const serve = runMirror(['serve'], { main: await compiledMirror(), env });
    assert.equal(await serve.ended, { code: 3, signal: null }, serve.stderr);
    const complaints = serve.stderr.split('\n').filter((line) => line.startsWith('kagami: '));
    assert.equal(complaints, [
      `kagami: The S3 bucket s3://other at ${s3.url} does not exist (NoSuchBucket): create it, or name another with storage.s3.bucket`,
    ]);
  });
});
