import * as assert from 'uvu/assert';
import { embeddedMirror } from '../../support/embedded-mirror.ts';
import { type HubDouble, startHub } from '../../support/hub/hub-double.ts';
import { sampleImage } from '../../support/sample-image.ts';
import { testSuite } from '../../support/suite.ts';
import { REPOSITORY } from './scene.ts';
import { tryPull } from './try-pull.ts';

interface Two {
  origin: HubDouble;
  mirror: HubDouble;
  pull: () => Promise<string>;
}

testSuite('With a mirror of the upstream', (it) => {
  const closing: (() => Promise<void>)[] = [];
  it.afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });

  async function two(): Promise<Two> {
    const [origin, mirror] = [await startHub({ auth: false }), await startHub({ auth: false })];
    closing.push(
      () => origin.close(),
      () => mirror.close(),
    );
    for (const hub of [origin, mirror])
      hub.push(REPOSITORY, sampleImage('two'), { tags: ['latest'] });
    const env = { PROXY_MIRRORS_0: mirror.url };
    const embedded = await embeddedMirror({ upstream: origin.url, env });
    closing.push(() => embedded.close());
    return { origin, mirror, pull: () => tryPull(embedded.url, REPOSITORY, 'latest') };
  }

  it('tags are asked of the upstream, and content of the mirror', async () => {
    const { origin, mirror, pull } = await two();
    assert.is(await pull(), 'whole');
    assert.is(origin.arrivals.count('manifest-head'), 1);
    assert.is(origin.arrivals.count('manifest-get') + origin.arrivals.count('blob-get'), 0);
    assert.is(mirror.arrivals.count('manifest-head'), 0);
    assert.is(mirror.arrivals.count('blob-get'), 3);
  });

  it('content comes from the upstream when the mirror is down', async () => {
    const { origin, mirror, pull } = await two();
    await mirror.down('registry');
    assert.is(await pull(), 'whole');
    assert.is(origin.arrivals.count('blob-get'), 3);
    await mirror.up('registry');
  });

  it('content that the mirror does not have comes from the upstream', async () => {
    const { origin, mirror, pull } = await two();
    mirror.remove(REPOSITORY);
    assert.is(await pull(), 'whole');
    assert.is(origin.arrivals.count('blob-get'), 3);
  });

  it('tags are asked of the mirror when the upstream is down', async () => {
    const { origin, mirror, pull } = await two();
    await origin.down('registry');
    assert.is(await pull(), 'whole');
    assert.ok(mirror.arrivals.count('manifest-head') > 0);
    await origin.up('registry');
  });

  it('a download that the mirror breaks off goes on at the upstream', async () => {
    const { origin, mirror, pull } = await two();
    mirror.faults.add({ server: 'cdn', times: 1, action: { type: 'cut', after: 20 } });
    const gone = { type: 'status', status: 404 } as const;
    mirror.faults.add({
      server: 'registry',
      kind: 'blob-get',
      match: ({ range }) => range !== undefined,
      action: gone,
    });
    assert.is(await pull(), 'whole');
    assert.is(origin.arrivals.of('cdn-get').filter(({ range }) => range !== undefined).length, 1);
  });
});
