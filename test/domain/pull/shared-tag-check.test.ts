import * as assert from 'uvu/assert';
import { SOLE_LEASE } from '../../../src/domain/lease/sole-leases.ts';
import type { LeaseNote, Leases, Taken, Tenure } from '../../../src/domain/ports/leases.ts';
import type { TagAsked } from '../../../src/domain/pull/tag-check.ts';
import { parseTag } from '../../../src/domain/reference.ts';
import { whileTimePasses } from '../../support/blob-pulls.ts';
import { imageNamed } from '../../support/manifest-pulls.ts';
import { ALPINE, type PullParts, pullParts } from '../../support/pull-parts.ts';
import { testSuite } from '../../support/suite.ts';

const LATEST = parseTag('latest');
const { digest, mediaType, bytes } = imageNamed('one').manifest;
const ANSWER: LeaseNote = { digest, mediaType, size: bytes.length };

/** Other mirrors that ask about the tag, one after another. */
class OtherMirrors implements Leases {
  readonly #holders: Tenure[] = [];
  readonly #answers = new Map<string, LeaseNote>();
  #attempts = 0;
  /** Told of each attempt to take the lease, before it is decided. */
  attempted: (attempt: number) => void = () => {};

  ask(...ids: string[]): void {
    this.#holders.push(...ids.map((id) => ({ id, holder: 'other', note: {} })));
  }

  /** The first has had its answer, or has given up without one. */
  ends(answer?: LeaseNote): void {
    const ended = this.#holders.shift();
    if (ended !== undefined && answer !== undefined) this.#answers.set(ended.id, answer);
  }

  take(): Promise<Taken> {
    this.attempted(++this.#attempts);
    const [heldBy] = this.#holders;
    return Promise.resolve(heldBy ? { heldBy } : { lease: SOLE_LEASE, after: undefined });
  }

  holderOf(): Promise<Tenure | undefined> {
    return Promise.resolve(this.#holders[0]);
  }

  outcomeOf(_: string, { id }: Tenure): Promise<LeaseNote | undefined> {
    return Promise.resolve(this.#answers.get(id));
  }
}

testSuite('a tag about which another mirror asks', (it) => {
  let others: OtherMirrors;
  let parts: PullParts;
  it.beforeEach(() => {
    others = new OtherMirrors();
    parts = pullParts({ leases: others });
    parts.upstream.push(ALPINE, imageNamed('one'), LATEST);
  });

  function ask(): Promise<TagAsked> {
    return whileTimePasses(parts, parts.check.ask(ALPINE, LATEST, undefined));
  }

  async function assertAsked(times: number): Promise<void> {
    assert.is((await ask()).descriptor.digest, digest);
    assert.is(parts.upstream.count('resolve'), times);
  }

  it('is asked for by nobody else, though the answer comes just before the lease is tried', async () => {
    others.ask('first');
    others.attempted = (attempt) => {
      if (attempt === 2) others.ends(ANSWER);
    };
    await assertAsked(0);
  });

  it('is asked for by nobody else, though a third one was between it and the lease', async () => {
    others.ask('first', 'second');
    others.attempted = (attempt) => {
      if (attempt === 2) others.ends(ANSWER);
      if (attempt === 3) others.ends();
    };
    await assertAsked(0);
  });

  it('is asked for once more when that one had no answer', async () => {
    others.ask('first');
    others.attempted = (attempt) => {
      if (attempt === 2) others.ends();
    };
    await assertAsked(1);
  });

  it('is asked for when nobody does, whatever was answered before', async () => {
    others.ask('first');
    others.ends(ANSWER);
    await assertAsked(1);
  });
});
