import * as assert from 'uvu/assert';
import { plainValue } from '../../../src/app/config/raw-tree.ts';
import { Report } from '../../../src/app/config/report.ts';
import { yamlTree } from '../../../src/app/config/yaml-tree.ts';
import { testSuite } from '../../support/suite.ts';

const FILE = { kind: 'file', file: 'c.yml' } as const;

function read(text: string): { value: unknown; problems: string[] } {
  const report = new Report();
  const tree = yamlTree(text, FILE, report);
  const problems = report.problems.map(({ message }) => message);
  return { value: tree && plainValue(tree), problems };
}

const MERGES = [
  ['an alias stands for its anchor', 'a: &x {k: 1}\nb: *x', { a: { k: 1 }, b: { k: 1 } }],
  [
    '<< merges a section in',
    'a: &x {k: 1, l: 1}\nb: {<<: *x, l: 2}',
    { a: { k: 1, l: 1 }, b: { k: 1, l: 2 } },
  ],
  [
    'what is written first still wins over <<',
    'a: &x {k: 1}\nb:\n  k: 2\n  <<: *x',
    { a: { k: 1 }, b: { k: 2 } },
  ],
  [
    'of a list, the first section wins',
    'a: &x {k: 1}\nb: &y {k: 2, l: 2}\nc: {<<: [*x, *y]}',
    { a: { k: 1 }, b: { k: 2, l: 2 }, c: { k: 1, l: 2 } },
  ],
  ['a quoted "<<" is a key', '"<<": 1', { '<<': 1 }],
] as const;

const NOT_YAML = [
  [
    'a: [1, 2',
    'c.yml:1:9: not valid YAML: the indentation does not fit the lines around it, or a bracket is not closed',
  ],
  ['a:\n\tb: 1', 'c.yml:2:1: not valid YAML: YAML is indented with spaces, not with tabs'],
  [
    'a: @b',
    'c.yml:1:4: not valid YAML: a text that starts with `@`, `` ` ``, `%` or the like must be quoted',
  ],
  [
    'a: *b',
    'c.yml:1:4: not valid YAML: this alias names no anchor above it; a text that starts with `*` must be quoted',
  ],
  [
    'a: 1\n---\nb: 2',
    'c.yml:2:1: not valid YAML: one document is expected, so `---` may only stand at the top',
  ],
  ['a: 1\nb: 2\na: 3', 'c.yml:3:1: a is given twice, first at c.yml:1:1'],
  ['? [a, b]\n: 1', 'c.yml:1:3: a key must be text, not a list or a section'],
  ['<<: 5', 'c.yml:1:1: << must name a section to merge in'],
  ['a: &a [*a]', 'c.yml:1:8: more than 100 aliases, or one that holds itself'],
] as const;

testSuite('YAML is read with places, anchors and merge keys', (it) => {
  for (const [sentence, text, value] of MERGES) {
    it(sentence, () => assert.equal(read(text), { value, problems: [] }));
  }

  for (const [text, problem] of NOT_YAML) {
    it(`${JSON.stringify(text)} is refused with its place`, () => {
      assert.equal(read(text), { value: undefined, problems: [problem] });
    });
  }

  it('a text keeps the digits that a number would lose', () => {
    const tree = yamlTree('007', FILE, new Report());
    assert.is(tree?.kind === 'scalar' && tree.text, '007');
  });

  it('line and column are those of the value, from 1', () => {
    const tree = yamlTree('# a comment\na:\n  b:   c', FILE, new Report());
    const a = tree?.kind === 'map' ? tree.entries.get('a')?.node : undefined;
    const b = a?.kind === 'map' ? a.entries.get('b') : undefined;
    assert.equal(b?.keyOrigin, { ...FILE, line: 3, column: 3 });
    assert.equal(b?.node.origin, { ...FILE, line: 3, column: 8 });
  });

  it('says nothing of the source when it is not YAML', () => {
    for (const text of [
      'p: "hunter2',
      'p: {hunter2',
      'p: hunter2: hunter2',
      '- hunter2\nhunter2',
      'p: !hunter2 [',
      '%hunter2\n',
      'p: "\\hunter2"',
      '&hunter2 &hunter2 a',
      '*hunter2',
      "p: 'a' hunter2",
      'p: [a] hunter2',
    ]) {
      const { problems } = read(text);
      assert.ok(problems.length > 0, text);
      assert.not.match(problems.join(), 'hunter2');
    }
  });
});
