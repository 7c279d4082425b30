import * as assert from 'uvu/assert';
import { eventually } from '../../support/eventually.ts';
import { testSuite } from '../../support/suite.ts';
import { type Scene, scenes } from './scene.ts';

/** Long enough for all who ask at once to have asked, on a machine that is busy with others. */
const JOINING_MS = 1_000;

async function digestNow(made: Scene): Promise<string | null> {
  const answer = await made.get('manifests/latest', { method: 'HEAD' });
  return answer.headers.get('docker-content-digest');
}

testSuite('How fresh a tag is', (it) => {
  const scene = scenes(it);

  it('is asked on each pull by default', async () => {
    const made = await scene({ moment: 'warm' });
    for (let pull = 0; pull < 3; pull++) await digestNow(made);
    assert.is(made.hub.arrivals.count('manifest-head'), 3);
  });

  it('is asked with one request for all who want to know it meanwhile', async () => {
    const made = await scene({ moment: 'warm', env: { PROXY_TAGS_TIMEOUT: '5m' } });
    made.hub.faults.add({ server: 'registry', action: { type: 'slow', ms: JOINING_MS } });
    await Promise.all(Array.from({ length: 20 }, () => digestNow(made)));
    assert.is(made.hub.arrivals.count('manifest-head'), 1);
  });

  it('is not asked within proxy.tags.maxage', async () => {
    const made = await scene({ moment: 'warm', env: { PROXY_TAGS_MAXAGE: '1h' } });
    const before = made.latest.manifest.digest;
    made.move();
    assert.is(await digestNow(made), before);
    assert.is(made.hub.arrivals.count('manifest-head'), 0);
  });

  it('is asked behind an answer within proxy.tags.stalewhilerevalidate', async () => {
    const made = await scene({
      moment: 'warm',
      env: { PROXY_TAGS_STALEWHILEREVALIDATE: '1h' },
    });
    const before = made.latest.manifest.digest;
    made.move();
    const after = made.latest.manifest.digest;
    assert.is(await digestNow(made), before);
    await made.hub.arrivals.reached('manifest-get', 1);
    await eventually(async () => (await digestNow(made)) === after, 'the tag has moved here');
  });

  it('is never asked of an image that a rule calls immutable', async () => {
    const rules = "[{match: 'library/*:latest', immutable: true}]";
    const made = await scene({ moment: 'warm', env: { PROXY_TAGS_RULES: rules } });
    made.move();
    await digestNow(made);
    assert.is(made.hub.arrivals.count('manifest-head'), 0);
  });

  it('follows the first rule that matches', async () => {
    const rules =
      "[{match: 'other/*', maxage: 1h}, {match: 'library/**', maxage: 0s}, {match: '**', maxage: 1h}]";
    const made = await scene({ moment: 'warm', env: { PROXY_TAGS_RULES: rules } });
    await digestNow(made);
    assert.is(made.hub.arrivals.count('manifest-head'), 1);
  });

  it('shows in the next pull after the tag has moved', async () => {
    const made = await scene({ moment: 'moved' });
    assert.is(await made.pull(), 'whole');
    assert.is(await digestNow(made), made.latest.manifest.digest);
  });
});
