import * as assert from 'uvu/assert';
import type { Environment } from '../../../src/app/config/environment.ts';
import { testSuite } from '../../support/suite.ts';
import { load } from './load.ts';

const UNKNOWN = 'These variables name no known setting and are ignored: ';

const IGNORED: readonly (readonly [sentence: string, env: Environment, list: string])[] = [
  ['an unknown section', { REGISTRY_STORE_PATH: 'a' }, 'REGISTRY_STORE_PATH'],
  [
    'an unknown field, with the nearest known',
    { REGISTRY_PROXY_REMOTURL: 'a' },
    'REGISTRY_PROXY_REMOTURL (did you mean `REGISTRY_PROXY_REMOTEURL`?)',
  ],
  [
    'an unknown parameter of a driver',
    { REGISTRY_STORAGE_FILESYSTEM_ROOTDIR: '/a' },
    'REGISTRY_STORAGE_FILESYSTEM_ROOTDIR (did you mean `REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY`?)',
  ],
  [
    'health.file by its YAML name',
    { REGISTRY_HEALTH_FILE_0_FILE: '/a' },
    'REGISTRY_HEALTH_FILE_0_FILE (did you mean `REGISTRY_HEALTH_FILECHECKERS`?)',
  ],
  [
    'a field below a value',
    { REGISTRY_HTTP_ADDR_PORT: '5' },
    'REGISTRY_HTTP_ADDR_PORT (did you mean `REGISTRY_HTTP_ADDR`?)',
  ],
  [
    'those that Kubernetes sets beside a service called registry, in one line',
    {
      REGISTRY_PORT: 'tcp://10.0.0.1:5000',
      REGISTRY_PORT_5000_TCP: 'tcp://10.0.0.1:5000',
      REGISTRY_PORT_5000_TCP_ADDR: '10.0.0.1',
      REGISTRY_SERVICE_HOST: '10.0.0.1',
      REGISTRY_SERVICE_PORT: '5000',
    },
    'REGISTRY_PORT, REGISTRY_PORT_5000_TCP, REGISTRY_PORT_5000_TCP_ADDR, REGISTRY_SERVICE_HOST, REGISTRY_SERVICE_PORT',
  ],
];

testSuite('a variable that names no setting is ignored, with a warning', (it) => {
  for (const [sentence, env, list] of IGNORED) {
    it(sentence, () => assert.equal(load(undefined, env).warnings, [`${UNKNOWN}${list}.`]));
  }

  it('other variables are none of our business', () => {
    const env = { HTTP_PROXY: 'a', OTEL_TRACES_EXPORTER: 'none', REGISTRYX: 'b', REGISTRY: 'c' };
    assert.equal(load(undefined, env).warnings, []);
  });

  it("a variable's Go name differs from the key for some", () => {
    const env = {
      REGISTRY_HEALTH_FILECHECKERS_0_FILE: '/a',
      REGISTRY_HEALTH_HTTPCHECKERS_0_URI: 'b',
      REGISTRY_HEALTH_TCPCHECKERS_0_ADDR: 'c',
      REGISTRY_NOTIFICATIONS_EVENTCONFIG_INCLUDEREFERENCES: 'true',
      REGISTRY_REDIS_ADDRS: '[a]',
    };
    const list =
      'health.file (REGISTRY_HEALTH_FILECHECKERS_0_FILE), ' +
      'health.http (REGISTRY_HEALTH_HTTPCHECKERS_0_URI), ' +
      'health.tcp (REGISTRY_HEALTH_TCPCHECKERS_0_ADDR), redis (REGISTRY_REDIS_ADDRS), ' +
      'notifications (REGISTRY_NOTIFICATIONS_EVENTCONFIG_INCLUDEREFERENCES)';
    assert.equal(load(undefined, env).warnings, [
      `These settings are understood but have no effect in this version: ${list}.`,
    ]);
  });
});
