import * as assert from 'uvu/assert';
import { testSuite } from '../../support/suite.ts';
import { sha256 } from './fake-mirror.ts';
import { type Answer, Serving } from './serving.ts';

const NAME = '/v2/some/image';

function codeOf({ body }: Answer): string {
  const { errors } = JSON.parse(body.toString()) as { errors: { code: string }[] };
  return errors[0]?.code ?? '';
}

testSuite('DELETE', (it) => {
  let serving: Serving;
  it.beforeEach(async () => {
    serving = await new Serving({ mayDelete: true }).start();
    serving.mirror.addManifest('some/image', 'v1', { schemaVersion: 2 });
  });
  it.afterEach(() => serving.stop());

  function remove(path: string): Promise<Answer> {
    return serving.ask(path, { method: 'DELETE' });
  }

  it('of a tag or a digest is accepted, without a body', async () => {
    const { digest } = serving.mirror.addManifest('some/image', 'v2', { v: 2 }).descriptor;
    for (const reference of ['v1', digest]) {
      const { status, headers, body } = await remove(`${NAME}/manifests/${reference}`);
      assert.is(status, 202);
      assert.is(headers['content-length'], '0');
      assert.is(headers['docker-distribution-api-version'], 'registry/2.0');
      assert.is(body.length, 0);
    }
    assert.equal(serving.mirror.calls, [
      'deleteManifest some/image v1',
      `deleteManifest some/image ${digest}`,
    ]);
  });

  it('of what is not here is a 404', async () => {
    for (const reference of ['v3', sha256('nothing')]) {
      const answer = await remove(`${NAME}/manifests/${reference}`);
      assert.equal([answer.status, codeOf(answer)], [404, 'MANIFEST_UNKNOWN']);
    }
  });

  it('adds library/ to a short name as a pull does', async () => {
    serving.mirror.addManifest('library/alpine', '3', {});
    assert.is((await remove('/v2/alpine/manifests/3')).status, 202);
  });

  it('refuses names and references that are none', async () => {
    assert.is((await remove('/v2/UPPER/manifests/v1')).status, 400);
    assert.is((await remove(`${NAME}/manifests/sha256:short`)).status, 400);
    assert.equal(serving.mirror.calls, []);
  });

  it('of anything else is refused', async () => {
    const digest = serving.mirror.addBlob('some/image', Buffer.from('blob'));
    const paths = [`${NAME}/blobs/${digest}`, `${NAME}/tags/list`, '/v2/_catalog', '/v2/', '/'];
    for (const path of [...paths, `${NAME}/referrers/${digest}`]) {
      const answer = await remove(path);
      assert.equal([answer.status, codeOf(answer)], [405, 'UNSUPPORTED'], path);
      assert.is(answer.headers.allow, 'GET, HEAD');
    }
    assert.equal(serving.mirror.calls, []);
  });

  it('is no licence for other methods', async () => {
    for (const method of ['PUT', 'POST', 'PATCH']) {
      assert.is((await serving.ask(`${NAME}/manifests/v1`, { method })).status, 405);
    }
  });

  it('is refused where clients need not say who they are', async () => {
    const open = await new Serving().start();
    try {
      open.mirror.addManifest('some/image', 'v1', {});
      const answer = await open.ask(`${NAME}/manifests/v1`, { method: 'DELETE' });
      assert.equal([answer.status, codeOf(answer)], [405, 'UNSUPPORTED']);
      assert.equal(open.mirror.calls, []);
    } finally {
      await open.stop();
    }
  });
});
