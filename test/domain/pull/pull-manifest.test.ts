import * as assert from 'uvu/assert';
import { parseDigest } from '../../../src/domain/digest.ts';
import { DigestMismatch, ManifestUnknown, NameUnknown } from '../../../src/domain/errors.ts';
import { parseTag } from '../../../src/domain/reference.ts';
import { keep } from '../../support/blob-pulls.ts';
import { sameBytes } from '../../support/bytes.ts';
import { Gate } from '../../support/gate.ts';
import { asked, get, imageNamed, isMissing, linkOf } from '../../support/manifest-pulls.ts';
import { ALPINE, BUSYBOX, pullParts, ref, world } from '../../support/pull-parts.ts';
import { settle } from '../../support/settle.ts';
import { rejects, testSuite } from '../../support/suite.ts';

const OLD = imageNamed('old');
const NEW = imageNamed('new');
const OLD_DIGEST = parseDigest(OLD.manifest.digest);
const NEW_DIGEST = parseDigest(NEW.manifest.digest);

testSuite('a manifest by tag', (it) => {
  it('is one HEAD and one GET at first, and one HEAD and nothing else from then on', async () => {
    const parts = pullParts();
    parts.upstream.push(ALPINE, OLD, '3.20');
    const first = await get(parts, '3.20');
    assert.is(first.source, 'miss');
    assert.is(first.descriptor.digest, OLD_DIGEST);
    assert.equal(asked(parts), { heads: 1, gets: 1 });
    assert.is((await get(parts, '3.20')).source, 'hit');
    assert.equal(asked(parts), { heads: 2, gets: 1 });
    assert.is(await linkOf(parts, '3.20'), OLD_DIGEST);
  });

  it('is at hand by its digest from then on, which counts as a pull', async () => {
    const noted: string[] = [];
    const parts = pullParts({
      noted: (repository, digest) => noted.push(`${repository} ${digest}`),
    });
    parts.upstream.push(ALPINE, OLD, '3.20');
    assert.is(parts.pullManifest.held(ALPINE, OLD_DIGEST), undefined);
    await get(parts, '3.20');
    const held = parts.pullManifest.held(ALPINE, OLD_DIGEST);
    assert.is(held?.source, 'hit');
    assert.ok(held && sameBytes(held.manifest.bytes, OLD.manifest.bytes));
    assert.is(
      parts.pullManifest.held(BUSYBOX, OLD_DIGEST),
      undefined,
      'another repository has not',
    );
    assert.equal(noted, Array(2).fill(`${ALPINE} ${OLD_DIGEST}`));
    assert.equal(asked(parts), { heads: 1, gets: 1 });
  });

  it('is served from storage after a restart, with one HEAD', async () => {
    const same = world();
    same.upstream.push(ALPINE, OLD, '3.20');
    await get(pullParts({}, same), '3.20');
    const parts = pullParts({}, same);
    const served = await get(parts, '3.20');
    assert.is(served.source, 'hit');
    assert.ok(sameBytes(served.manifest.bytes, OLD.manifest.bytes));
    assert.equal(asked(parts), { heads: 2, gets: 1 });
  });

  it('shares one HEAD and one GET among all who ask at once', async () => {
    const parts = pullParts();
    parts.upstream.push(ALPINE, OLD, '3.20');
    const pulls = await Promise.all([1, 2, 3, 4, 5].map(() => get(parts, '3.20')));
    assert.equal(
      pulls.map(({ source }) => source),
      ['miss', 'joined', 'joined', 'joined', 'joined'],
    );
    assert.equal(asked(parts), { heads: 1, gets: 1 });
    assert.is(parts.events.of('tag-moved').length, 1);
    assert.is(parts.events.of('manifest-stored').length, 1);
  });

  it('is noted once for all who ask at once', async () => {
    const parts = pullParts();
    parts.upstream.push(ALPINE, OLD, '3.20');
    await get(parts, '3.20');
    const confirmed: string[] = [];
    const { tags } = parts;
    const confirm = tags.confirm.bind(tags);
    tags.confirm = (repository, answer) => {
      confirmed.push(`${repository}:${answer.tag}`);
      return confirm(repository, answer);
    };
    const pulls = await Promise.all([1, 2, 3, 4, 5].map(() => get(parts, '3.20')));
    await parts.background.idle();
    assert.ok(pulls.every(({ source }) => source === 'hit'));
    assert.equal(confirmed, [`${ALPINE}:3.20`]);
  });

  it('follows a tag that moved with one GET by digest', async () => {
    const parts = pullParts();
    parts.upstream.push(ALPINE, OLD, '3.20');
    await get(parts, '3.20');
    parts.upstream.push(ALPINE, NEW, '3.20');
    assert.is((await get(parts, '3.20')).descriptor.digest, NEW_DIGEST);
    assert.equal(asked(parts), { heads: 2, gets: 2 });
    const moves = parts.events.of('tag-moved').map(({ from, to }) => [from, to]);
    assert.equal(moves, [
      [undefined, OLD_DIGEST],
      [OLD_DIGEST, NEW_DIGEST],
    ]);
  });

  it('moves the link only once the manifest is in storage', async () => {
    const parts = pullParts();
    parts.upstream.push(ALPINE, OLD, '3.20');
    await get(parts, '3.20');
    parts.upstream.push(ALPINE, NEW, '3.20');
    const disk = new Gate();
    parts.storage.gates.set('append', () => disk.passed);
    await parts.pullManifest.get(ALPINE, ref('3.20'));
    await parts.pullManifest.get(ALPINE, ref('3.20'));
    await settle();
    assert.is(await linkOf(parts, '3.20'), OLD_DIGEST);
    disk.open();
    await parts.background.idle();
    assert.is(await linkOf(parts, '3.20'), NEW_DIGEST);
  });

  it('only links bytes that are here for another repository', async () => {
    const parts = pullParts();
    parts.upstream.push(BUSYBOX, OLD, 'latest');
    parts.upstream.push(ALPINE, OLD, '3.20');
    await parts.pullManifest.get(BUSYBOX, ref('latest'));
    await parts.background.idle();
    const served = await get(parts, '3.20');
    assert.is(served.source, 'hit');
    assert.equal(asked(parts), { heads: 2, gets: 1 });
    assert.ok(await parts.links.hasRevision(ALPINE, OLD_DIGEST));
    assert.is(await linkOf(parts, '3.20'), OLD_DIGEST);
  });

  it('forgets a tag that is not there any more', async () => {
    const parts = pullParts();
    parts.upstream.push(ALPINE, OLD, '3.20');
    await get(parts, '3.20');
    parts.upstream.deleteTag(ALPINE, '3.20');
    await rejects(get(parts, '3.20'), ManifestUnknown);
    assert.is(await linkOf(parts, '3.20'), undefined);
  });

  it('says so even when it cannot be forgotten', async () => {
    const parts = pullParts();
    parts.upstream.push(ALPINE, OLD, '3.20');
    await get(parts, '3.20');
    parts.upstream.deleteTag(ALPINE, '3.20');
    parts.storage.broken.add('delete');
    await rejects(get(parts, '3.20'), ManifestUnknown);
    assert.is(parts.events.of('not-stored').length, 1);
  });

  it('keeps the tags of a repository that the upstream does not let us know of', async () => {
    const parts = pullParts();
    parts.upstream.push(ALPINE, OLD, '3.20');
    await get(parts, '3.20');
    parts.upstream.fail('resolve', new NameUnknown('not for you'));
    await rejects(get(parts, '3.20'), NameUnknown);
    assert.is(await linkOf(parts, '3.20'), OLD_DIGEST);
  });
});

testSuite('a manifest by digest', (it) => {
  it('is fetched once for all who ask, and then served without a question', async () => {
    const parts = pullParts();
    parts.upstream.push(ALPINE, OLD);
    const pulls = await Promise.all([1, 2, 3].map(() => get(parts, OLD_DIGEST)));
    assert.equal(
      pulls.map(({ source }) => source),
      ['miss', 'joined', 'joined'],
    );
    parts.hot.clear();
    assert.is((await get(parts, OLD_DIGEST)).source, 'hit');
    assert.equal(asked(parts), { heads: 0, gets: 1 });
  });

  it('is not fetched for one who looked in vain while another’s fetch began and ended', async () => {
    const parts = pullParts();
    parts.upstream.push(ALPINE, OLD);
    const looking = new Gate();
    parts.storage.gates.set('got', () => looking.passed);
    const late = parts.pullManifest.get(ALPINE, ref(OLD_DIGEST));
    await settle();
    parts.storage.gates.clear();
    await get(parts, OLD_DIGEST);
    looking.open();
    assert.is((await late).source, 'hit');
    assert.equal(asked(parts), { heads: 0, gets: 1 });
  });

  it('is asked of the upstream when it is here for another repository alone', async () => {
    const parts = pullParts();
    parts.upstream.push(BUSYBOX, OLD);
    await parts.pullManifest.get(BUSYBOX, ref(OLD_DIGEST));
    await parts.background.idle();
    await rejects(get(parts, OLD_DIGEST), NameUnknown);
    parts.upstream.push(ALPINE, NEW);
    await rejects(get(parts, OLD_DIGEST), ManifestUnknown);
    parts.upstream.push(ALPINE, OLD);
    assert.is((await get(parts, OLD_DIGEST)).source, 'miss');
  });

  it('is refused and not kept when its bytes do not match', async () => {
    const parts = pullParts();
    parts.upstream.pushManifest(ALPINE, { ...NEW.manifest, digest: OLD_DIGEST });
    await rejects(get(parts, OLD_DIGEST), DigestMismatch);
    assert.ok(await isMissing(parts, OLD_DIGEST));
    const [rejected] = parts.events.of('manifest-rejected');
    assert.is(rejected?.found, NEW_DIGEST);
    parts.upstream.push(ALPINE, OLD);
    const { manifest } = await get(parts, OLD_DIGEST);
    assert.ok(sameBytes(manifest.bytes, OLD.manifest.bytes));
  });

  it('heals when the stored one is damaged', async () => {
    for (const damaged of ['', '{}', `${Buffer.from(OLD.manifest.bytes).toString()} `]) {
      const parts = pullParts();
      parts.upstream.push(ALPINE, OLD);
      await keep(parts, OLD_DIGEST, Buffer.from(damaged));
      await parts.links.linkRevision(ALPINE, OLD_DIGEST);
      assert.is((await get(parts, OLD_DIGEST)).source, 'miss');
      parts.hot.clear();
      assert.is((await get(parts, OLD_DIGEST)).source, 'hit', 'and is whole from now on');
      assert.equal(asked(parts), { heads: 0, gets: 1 });
    }
  });

  it('is stored whole where a process that died has left a part of it', async () => {
    const parts = pullParts();
    parts.upstream.push(ALPINE, OLD);
    const left = await parts.storage.blobs.stage(OLD_DIGEST);
    await left.append([OLD.manifest.bytes.subarray(0, 10)]);
    await left.suspend();
    await get(parts, OLD_DIGEST);
    parts.hot.clear();
    assert.is((await get(parts, OLD_DIGEST)).source, 'hit');
  });
});

testSuite('a HEAD of a manifest', (it) => {
  it('fetches nothing', async () => {
    const parts = pullParts();
    parts.upstream.push(ALPINE, OLD, '3.20');
    for (const reference of ['3.20', OLD_DIGEST]) {
      const { descriptor, source } = await parts.pullManifest.resolve(ALPINE, ref(reference));
      assert.is(descriptor.digest, OLD_DIGEST);
      assert.is(source, 'miss');
    }
    assert.equal(asked(parts), { heads: 2, gets: 0 });
  });

  it('followed by a GET by digest, as containerd does, moves the tag', async () => {
    const parts = pullParts();
    parts.upstream.push(ALPINE, OLD, '3.20');
    await get(parts, '3.20');
    parts.upstream.push(ALPINE, NEW, '3.20');
    await parts.pullManifest.resolve(ALPINE, ref('3.20'));
    await parts.background.idle();
    assert.is(await linkOf(parts, '3.20'), OLD_DIGEST);
    await get(parts, NEW_DIGEST);
    assert.is(await linkOf(parts, '3.20'), NEW_DIGEST);
  });

  it('does not move a tag back when its GET comes late', async () => {
    const parts = pullParts();
    parts.upstream.push(ALPINE, OLD, '3.20');
    await parts.pullManifest.resolve(ALPINE, ref('3.20'));
    parts.upstream.push(ALPINE, NEW, '3.20');
    await get(parts, '3.20');
    await get(parts, OLD_DIGEST);
    assert.is(await linkOf(parts, '3.20'), NEW_DIGEST);
    const known = await parts.tags.current(ALPINE, parseTag('3.20'));
    assert.is(known?.digest, NEW_DIGEST);
  });

  it('of what is here is answered from it', async () => {
    const parts = pullParts();
    parts.upstream.push(ALPINE, OLD, '3.20');
    await get(parts, '3.20');
    for (const reference of ['3.20', OLD_DIGEST]) {
      assert.is((await parts.pullManifest.resolve(ALPINE, ref(reference))).source, 'hit');
    }
    assert.equal(asked(parts), { heads: 2, gets: 1 });
  });
});
