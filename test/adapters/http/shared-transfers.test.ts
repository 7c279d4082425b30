import * as assert from 'uvu/assert';
import { HmacSigner } from '../../../src/adapters/system/hmac-signer.ts';
import { Unauthorized } from '../../../src/domain/errors.ts';
import { authorizePeer } from '../../../src/domain/peer-authorization.ts';
import type { BlobStore } from '../../../src/domain/ports/blob-store.ts';
import { ShareTransfers } from '../../../src/domain/pull/share-transfers.ts';
import { type SharedTransfer, sharedTransferPath } from '../../../src/domain/shared-transfer.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { testSuite } from '../../support/suite.ts';
import { sha256 } from './fake-mirror.ts';
import { type Answer, codeOf, type Serving, servings } from './serving.ts';

const BYTES = Buffer.from('what has come of it so far');
const DIGEST = sha256(BYTES);
const OWNER = 's3.0123-4567';

testSuite('what a mirror shares with others of its storage', (it) => {
  const serve = servings(it);
  const clock = new ManualClock();
  const signer = new HmacSigner(() => 'the same for all');
  const transfer: SharedTransfer = { digest: DIGEST, owner: OWNER, offset: 0 };
  const path = `/${sharedTransferPath(transfer)}`;
  let closed = 0;

  /** Nobody stages anything but the one blob, and that is not going on. */
  const blobs: Pick<BlobStore, 'share'> = {
    share: (digest, owner) => {
      if (digest !== DIGEST || owner !== OWNER) return Promise.resolve(undefined);
      return Promise.resolve({
        length: BYTES.length,
        isThere: false,
        look: () => Promise.resolve(),
        readAt: (position) => Promise.resolve(BYTES.subarray(position)),
        close: () => void closed++,
      });
    },
  };
  const shared = new ShareTransfers({ blobs, signer, clock });

  const nobody = {
    authenticate: () => {
      throw new Unauthorized('a user name and a password are needed', 'Basic realm="a realm"');
    },
  };

  function signed(one: SharedTransfer): { authorization: string } {
    return { authorization: authorizePeer(signer, one, clock.now()) };
  }

  function askFor(serving: Serving, one: SharedTransfer): Promise<Answer> {
    return serving.ask(`/${sharedTransferPath(one)}`, { headers: signed(one) });
  }

  it('is had by one that has the secret, whoever may pull', async () => {
    closed = 0;
    const serving = await serve({}, nobody, shared);
    const whole = await askFor(serving, transfer);
    assert.is(whole.status, 200);
    assert.equal(whole.body, BYTES);
    assert.is(whole.headers['content-length'], undefined);
    assert.is(whole.headers['cache-control'], 'no-store');
    const rest = await askFor(serving, { ...transfer, offset: 5 });
    assert.equal(rest.body, BYTES.subarray(5));
    assert.ok(closed >= 2);
    assert.equal(serving.mirror.calls, []);
  });

  it('is below the prefix of the mirror, which is not signed', async () => {
    const serving = await serve({ prefix: '/mirror/' }, nobody, shared);
    const asked = await serving.ask(`/mirror${path}`, { headers: signed(transfer) });
    assert.equal(asked.body, BYTES);
  });

  it('is nothing that a client would find', async () => {
    const serving = await serve({}, undefined, shared);
    const unknown = await serving.ask('/kagami/nowhere');
    for (const headers of [{}, { authorization: 'Basic YTpi' }]) {
      const asked = await serving.ask(path, { headers });
      assert.is(asked.status, 404);
      assert.equal(asked.body, unknown.body);
    }
    const guarded = await serve({}, nobody, shared);
    assert.is((await guarded.ask(path)).status, 401);
  });

  const WRONG: Readonly<Record<string, () => { authorization: string }>> = {
    'another secret': () => {
      const other = new HmacSigner(() => 'hunter2');
      return { authorization: authorizePeer(other, transfer, clock.now()) };
    },
    'a signature that has expired': () => {
      return { authorization: authorizePeer(signer, transfer, clock.now() - 600_000) };
    },
    'the signature for another digest': () => signed({ ...transfer, digest: sha256('another') }),
    'no signature in the header': () => ({ authorization: 'Kagami-HMAC-SHA256 expires=1' }),
  };
  for (const [what, headers] of Object.entries(WRONG)) {
    it(`is refused to one with ${what}`, async () => {
      const serving = await serve({}, undefined, shared);
      const refused = await serving.ask(path, { headers: headers() });
      assert.is(refused.status, 403);
      assert.is(codeOf(refused), 'DENIED');
      assert.not.match(refused.body.toString(), /hunter2|the same for all|what has come/);
    });
  }

  it('is only read, and from its beginning or an offset', async () => {
    const serving = await serve({ mayDelete: true }, undefined, shared);
    for (const method of ['HEAD', 'DELETE']) {
      assert.is((await serving.ask(path, { method, headers: signed(transfer) })).status, 404);
    }
    const bare = path.replace(/\?.*/, '');
    assert.is((await serving.ask(bare, { headers: signed(transfer) })).status, 404);
  });

  it('is told not to be there where it is not', async () => {
    const serving = await serve({}, undefined, shared);
    for (const other of [{ digest: sha256('another') }, { owner: 's3.0123-4568' }]) {
      const asked = await askFor(serving, { ...transfer, ...other });
      assert.is(asked.status, 404);
      assert.is(codeOf(asked), 'BLOB_UNKNOWN');
    }
  });

  it('is nothing at all without a secret', async () => {
    const serving = await serve();
    const asked = await askFor(serving, transfer);
    assert.is(asked.status, 404);
    assert.is(codeOf(asked), 'UNSUPPORTED');
  });
});
