import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import { CONFIGURATION_INDEX } from '../../../src/app/config/configuration.ts';
import type { Scalar } from '../../../src/app/config/schema.ts';
import type { IndexedField } from '../../../src/app/config/schema-index.ts';
import { testSuite } from '../../support/suite.ts';
import { file, load } from './load.ts';

interface Case {
  readonly key: string;
  readonly variable: string;
  readonly shape: Scalar;
}

const cases = CONFIGURATION_INDEX.fields.flatMap(asCase);

function asCase({ key, field, variable, standing }: IndexedField): Case[] {
  if (field.kind !== 'setting' || field.shape.kind !== 'scalar') return [];
  // The version belongs to the file; a refused setting has no configuration to compare.
  if (key === 'version' || standing.kind === 'refused' || variable === undefined) return [];
  return [{ key, variable, shape: field.shape }];
}

/** Values that fit the type of a key, and some that do not. */
function written({ shape }: Case): fc.Arbitrary<string> {
  const words = shape.name.match(/[a-z]+/g) ?? [];
  return fc.oneof(
    fc.boolean().map(String),
    fc.nat().map(String),
    fc.tuple(fc.nat(500), fc.constantFrom('ms', 's', 'm', 'h')).map(([n, unit]) => n + unit),
    fc.constantFrom(...words),
    fc.constantFrom(
      '/a/',
      ':5001',
      'https://a.example',
      '"quoted"',
      "'0'",
      '',
      '~',
      '[a]',
      '{a: b}',
    ),
  );
}

function nested(key: string, value: string): string {
  const parts = key.split('.');
  return parts
    .map((part, depth) => `${'  '.repeat(depth)}${part}:`)
    .join('\n')
    .concat(` ${value}`);
}

/** The outcome without its places: the configuration, or the mistakes. */
function outcome(yaml: string, env: Record<string, string>): unknown {
  try {
    const { config, warnings } = load(yaml, env);
    const password = config.upstream.credentials[0]?.password.reveal();
    const upstream = String(config.upstream.url);
    return { config: { ...config, upstream }, password, warnings: warnings.length };
  } catch (error) {
    const hint = '; a variable is read as YAML, so quote a value that is not meant so';
    return (error as Error).message
      .replaceAll(/^(config\.yml:\d+:\d+|REGISTRY_\w+): /gm, '')
      .replaceAll(hint, '')
      .split('\n')
      .sort(); // those of a file stand in the order of its lines
  }
}

testSuite('a setting by variable is the same setting by file', (it) => {
  it('there are settings to compare', () => assert.ok(cases.length > 60));

  for (const each of cases) {
    it(`${each.key} is ${each.variable}`, () => {
      fc.assert(
        fc.property(written(each), (value) => {
          const byFile = outcome(file(nested(each.key, value)), {});
          const byVariable = outcome('version: 0.1', { [each.variable]: value });
          assert.equal(byVariable, byFile);
        }),
        { numRuns: 10 },
      );
    });
  }
});
