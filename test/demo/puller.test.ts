import * as assert from 'uvu/assert';
import { DemoFailure } from '../../demo/demo-failure.ts';
import { Puller } from '../../demo/puller.ts';
import { type HubDouble, startHub } from '../support/hub/hub-double.ts';
import { image, index, layer, randomLayer } from '../support/oci-image.ts';
import { rejects, testSuite } from '../support/suite.ts';

const LAYERS = [randomLayer(100_000), layer({ 'etc/issue': 'sample\n' })];
const IMAGES = ['amd64', 'arm64'].map((architecture) => image({ architecture, layers: LAYERS }));
const SAMPLE = index(IMAGES.map((each) => ({ image: each })));

/** Remembers what was received, by label. */
class RecordedProgress {
  readonly received = new Map<string, { size: number; bytes: number }>();

  add(label: string, size: number): (bytes: number) => void {
    const download = { size, bytes: 0 };
    this.received.set(label.trim(), download);
    return (bytes) => {
      download.bytes += bytes;
    };
  }

  done(): void {}
}

testSuite("the demo's client", (it) => {
  let hub: HubDouble;
  const progress = new RecordedProgress();

  it.beforeEach(async () => {
    hub = await startHub({ auth: false });
    hub.push('library/sample', SAMPLE, { tags: ['1.0'] });
  });
  it.afterEach(() => hub.close());

  it('asks as container clients do, and shows how downloads come on', async () => {
    const { steps } = await new Puller(hub.url, 'library/sample', progress).pull('1.0');
    assert.equal(
      steps.map(({ method, what }) => `${method} ${what.split(' ')[0]}`),
      ['HEAD tag', 'GET index', 'GET manifest', 'GET config', 'GET layer', 'GET layer'],
    );
    assert.is(steps[4]?.bytes, 100_000);
    assert.is(progress.received.size, 3);
    for (const { size, bytes } of progress.received.values()) assert.is(bytes, size);
  });

  it('refuses content that is not what its digest says', async () => {
    hub.faults.add({ server: 'cdn', action: { type: 'corrupt', at: 3 } });
    const pull = new Puller(hub.url, 'library/sample', progress).pull('1.0');
    const error = await rejects(pull, DemoFailure);
    assert.match(error.message, /^GET http.* gave content of digest sha256:/);
  });

  it('says in a sentence what is wrong', async () => {
    const unknown = new Puller(hub.url, 'library/sample', progress).pull('2.0');
    const error = await rejects(unknown, DemoFailure);
    const path = '/v2/library/sample/manifests/2.0';
    assert.is(error.message, `HEAD ${hub.url}${path} was answered with 404`);
    await hub.down('registry');
    const gone = new Puller(hub.url, 'library/sample', progress).pull('1.0');
    assert.match((await rejects(gone, DemoFailure)).message, /got no answer$/);
  });
});
