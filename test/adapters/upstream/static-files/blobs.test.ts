import { mkdir, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import * as assert from 'uvu/assert';
import {
  BlobUnknown,
  NameUnknown,
  SizeMismatch,
  UpstreamFailure,
} from '../../../../src/domain/errors.ts';
import type { FetchedBlob } from '../../../../src/domain/ports/upstream.ts';
import { parseRepositoryName } from '../../../../src/domain/repository-name.ts';
import { image, layer, randomLayer } from '../../../support/oci-image.ts';
import { blobPath } from '../../../support/oci-layout.ts';
import { rejects, testSuite } from '../../../support/suite.ts';
import { ALPINE, digestOf, layoutsFor } from './layouts.ts';

const MIB = 1024 * 1024;
const BIG = randomLayer(3 * MIB + 5);
const SMALL = layer({ 'etc/issue': 'Alpine\n' });
const IMAGE = image({ layers: [BIG, SMALL] });
const ENTRIES = [{ content: IMAGE, refName: '3.20' }];

async function collect(blob: FetchedBlob): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of blob.body) pieces.push(piece);
  return pieces;
}

/** How many descriptors this process holds; Linux alone tells. */
async function openFiles(): Promise<number | undefined> {
  return (await readdir('/proc/self/fd').catch(() => undefined))?.length;
}

testSuite('blobs of an image layout', (it) => {
  const makeLayouts = layoutsFor(it);

  it('gives a blob in pieces of at most 1 MiB that stay as they are', async () => {
    const { upstream, write } = await makeLayouts();
    await write('library/alpine', ENTRIES);
    const blob = await upstream.fetchBlob(ALPINE, digestOf(BIG), 0);
    assert.is(blob.offset, 0);
    assert.is(blob.size, BIG.bytes.length);
    const pieces = await collect(blob);
    assert.equal(
      pieces.map((piece) => piece.length),
      [MIB, MIB, MIB, 5],
    );
    assert.ok(Buffer.concat(pieces).equals(BIG.bytes));
  });

  it('begins at the offset', async () => {
    const { upstream, write } = await makeLayouts();
    await write('library/alpine', ENTRIES);
    const blob = await upstream.fetchBlob(ALPINE, digestOf(BIG), MIB + 7);
    assert.is(blob.offset, MIB + 7);
    assert.is(blob.size, BIG.bytes.length);
    assert.ok(Buffer.concat(await collect(blob)).equals(BIG.bytes.subarray(MIB + 7)));
  });

  it('gives nothing from the end on', async () => {
    const { upstream, write } = await makeLayouts();
    await write('library/alpine', ENTRIES);
    const blob = await upstream.fetchBlob(ALPINE, digestOf(SMALL), SMALL.bytes.length);
    assert.equal(await collect(blob), []);
  });

  it('tells the size', async () => {
    const { upstream, write } = await makeLayouts();
    await write('library/alpine', ENTRIES);
    assert.is(await upstream.statBlob(ALPINE, digestOf(BIG)), BIG.bytes.length);
  });

  it('does not know what is not there or not a file', async () => {
    const { upstream, write } = await makeLayouts();
    const folder = await write('library/alpine', ENTRIES);
    await rm(blobPath(folder, BIG.digest));
    await mkdir(blobPath(folder, BIG.digest));
    const absent = digestOf(layer({ no: 'where' }));
    for (const digest of [absent, digestOf(BIG)]) {
      await rejects(upstream.fetchBlob(ALPINE, digest, 0), BlobUnknown);
      await rejects(upstream.statBlob(ALPINE, digest), BlobUnknown);
    }
    const busybox = parseRepositoryName('library/busybox');
    await rejects(upstream.fetchBlob(busybox, digestOf(SMALL), 0), NameUnknown);
  });

  it('breaks off when the file has become shorter', async () => {
    const { upstream, write } = await makeLayouts();
    const folder = await write('library/alpine', ENTRIES);
    const blob = await upstream.fetchBlob(ALPINE, digestOf(BIG), 0);
    await truncate(blobPath(folder, BIG.digest), MIB + 1);
    const error = await rejects(collect(blob), SizeMismatch);
    assert.equal(error.detail, { expected: BIG.bytes.length, found: MIB + 1 });
  });

  it('ends where it said when the file has become longer', async () => {
    const { upstream, write } = await makeLayouts();
    const folder = await write('library/alpine', ENTRIES);
    const blob = await upstream.fetchBlob(ALPINE, digestOf(SMALL), 0);
    await writeFile(blobPath(folder, SMALL.digest), 'more', { flag: 'a' });
    assert.ok(Buffer.concat(await collect(blob)).equals(SMALL.bytes));
  });

  it('ends in an error when it is given up', async () => {
    const { upstream, write } = await makeLayouts();
    await write('library/alpine', ENTRIES);
    const blob = await upstream.fetchBlob(ALPINE, digestOf(BIG), 0);
    blob.cancel();
    await rejects(collect(blob), UpstreamFailure);
    const read = await upstream.fetchBlob(ALPINE, digestOf(BIG), 0);
    const collecting = collect(read);
    read.cancel();
    await rejects(collecting, UpstreamFailure);
    const other = await upstream.fetchBlob(ALPINE, digestOf(BIG), 0);
    await upstream.close();
    await rejects(collect(other), UpstreamFailure);
  });

  it('leaves no file open', async () => {
    const { upstream, write } = await makeLayouts();
    await write('library/alpine', ENTRIES);
    const before = await openFiles();
    await collect(await upstream.fetchBlob(ALPINE, digestOf(BIG), 0));
    for await (const _ of (await upstream.fetchBlob(ALPINE, digestOf(BIG), 0)).body) break;
    const unread = await upstream.fetchBlob(ALPINE, digestOf(BIG), 0);
    await unread.body[Symbol.asyncIterator]().return?.();
    assert.is(await openFiles(), before);
  });
});
