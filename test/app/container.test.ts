import * as assert from 'uvu/assert';
import { createLogger } from '../../src/adapters/telemetry/logger.ts';
import { loadConfig } from '../../src/app/config/load-config.ts';
import { createContainer } from '../../src/app/container.ts';
import { type Services, TOKENS } from '../../src/app/tokens.ts';
import { testSuite } from '../support/suite.ts';

const ENVIRONMENTS: readonly (readonly [string, Record<string, string>])[] = [
  ['in memory', { REGISTRY_STORAGE: 'inmemory' }],
  ['in a directory', { REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: '/nowhere' }],
  ['offline', { REGISTRY_STORAGE: 'inmemory', REGISTRY_PROXY_OFFLINE: 'true' }],
  ['of a directory', { REGISTRY_STORAGE: 'inmemory', REGISTRY_PROXY_REMOTEURL: 'file:///nowhere' }],
  ['with mirrors', { REGISTRY_STORAGE: 'inmemory', REGISTRY_PROXY_MIRRORS_0: 'http://a.example' }],
];

function container(env: Record<string, string>): ReturnType<typeof createContainer> {
  const { config } = loadConfig({ env, candidates: [] });
  const nowhere = { write: () => {} };
  const logger = createLogger({ level: 'error', formatter: 'json', fields: {} }, nowhere);
  return createContainer(config, logger, '0.0.0');
}

const NAMES = Object.keys(TOKENS) as (keyof Services)[];

testSuite('the container', (it) => {
  for (const [what, env] of ENVIRONMENTS) {
    it(`makes everything for a mirror ${what}`, () => {
      const made = container(env);
      for (const name of NAMES) assert.ok(made.get<unknown>(TOKENS[name]), name);
    });
  }

  it('makes each thing once', () => {
    const made = container({ REGISTRY_STORAGE: 'inmemory' });
    for (const name of NAMES) {
      assert.is(made.get<unknown>(TOKENS[name]), made.get<unknown>(TOKENS[name]), name);
    }
  });

  it('names an upstream that is not contacted as it would name it otherwise', () => {
    const { location } = container({}).get(TOKENS.upstream);
    const offline = container({ REGISTRY_PROXY_OFFLINE: 'true' }).get(TOKENS.upstream);
    assert.is(offline.location, `${location} (offline)`);
  });

  it('shares nothing with another one', () => {
    const [one, other] = [container({ REGISTRY_STORAGE: 'inmemory' }), container({})];
    for (const name of NAMES.filter((each) => each !== 'version')) {
      assert.is.not(one.get<unknown>(TOKENS[name]), other.get<unknown>(TOKENS[name]), name);
    }
  });
});
