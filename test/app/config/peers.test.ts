import * as assert from 'uvu/assert';
import { testSuite } from '../../support/suite.ts';
import { file, load, mistakes } from './load.ts';

const S3 = 'storage: {s3: {bucket: b, region: r}}';

/** Keys of `http`, and under which URL the other mirrors reach this one. */
const REACHED: readonly (readonly [http: string, url: string | undefined])[] = [
  ['', undefined],
  ['advertise: "http://10.0.0.7:5000"', 'http://10.0.0.7:5000/'],
  ['advertise: "http://10.0.0.7:5000/some/path"', 'http://10.0.0.7:5000/'],
  ['advertise: "https://[::1]:5000", prefix: /mirror/', 'https://[::1]:5000/mirror/'],
  ['host: "https://mirror.example"', 'https://mirror.example/'],
  ['host: "https://mirror.example", advertise: "http://one:5000"', 'http://one:5000/'],
];

testSuite('the other mirrors of a bucket', (it) => {
  for (const [http, url] of REACHED) {
    it(`find it with ${http === '' ? 'nothing' : http} at ${url ?? 'no URL'}`, () => {
      const { config } = load(file(`${S3}\nhttp: {secret: hunter2, ${http}}`));
      assert.is(config.http.peers?.url, url);
      assert.is(config.http.peers?.secret.reveal(), 'hunter2');
    });
  }

  it('wait for what it downloads where there is no secret', () => {
    for (const http of ['', 'secret: ""', 'host: "https://mirror.example"', 'advertise: ""']) {
      assert.is(load(file(`${S3}\nhttp: {${http}}`)).config.http.peers, undefined);
    }
  });

  it('must have the secret of one that wants to be found', () => {
    assert.equal(mistakes(file(`${S3}\nhttp: {advertise: "http://10.0.0.7:5000"}`)), [
      'config.yml:3:19: http.advertise needs http.secret: set the same in all mirrors of the bucket',
    ]);
  });

  it('need a whole URL', () => {
    for (const written of ['10.0.0.7:5000', 'ftp://10.0.0.7', 'http://me:hunter2@10.0.0.7']) {
      const [mistake = '', ...others] = mistakes(
        file(`${S3}\nhttp: {secret: a, advertise: "${written}"}`),
      );
      assert.match(mistake, 'http.advertise must be a URL such as `https://mirror.example`, not');
      assert.not.match(mistake, 'hunter2');
      assert.equal(others, []);
    }
  });

  it('are none where there is no bucket', () => {
    const http = 'http: {secret: hunter2, advertise: "http://10.0.0.7:5000"}';
    const { config, warnings } = load(file(`storage: filesystem\n${http}`));
    assert.is(config.http.peers, undefined);
    const [warning = ''] = warnings.filter((each) => each.includes('no effect'));
    assert.match(warning, 'http.secret (config.yml:3:16), http.advertise (config.yml:3:36)');
  });
});
