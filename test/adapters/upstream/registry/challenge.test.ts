import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import { parseChallenges } from '../../../../src/adapters/upstream/registry/challenge.ts';
import { testSuite } from '../../../support/suite.ts';

type Expected = [scheme: string, params: Record<string, string>];

const CASES: [what: string, headers: string[], expected: Expected[]][] = [
  [
    'what Docker Hub says',
    [
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",' +
        'scope="repository:library/alpine:pull,push"',
    ],
    [
      [
        'bearer',
        {
          realm: 'https://auth.docker.io/token',
          service: 'registry.docker.io',
          scope: 'repository:library/alpine:pull,push',
        },
      ],
    ],
  ],
  ['no header', [], []],
  ['an empty header', [''], []],
  ['a scheme alone', ['Negotiate'], [['negotiate', {}]]],
  [
    'several headers',
    ['Basic realm="r"', 'Bearer realm="t"'],
    [
      ['basic', { realm: 'r' }],
      ['bearer', { realm: 't' }],
    ],
  ],
  [
    'several challenges in a header',
    ['Basic realm="r", charset="UTF-8", BEARER realm="t" , service="s"'],
    [
      ['basic', { realm: 'r', charset: 'UTF-8' }],
      ['bearer', { realm: 't', service: 's' }],
    ],
  ],
  [
    'the example of RFC 9110 §11.6.1',
    ['Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""'],
    [
      ['basic', { realm: 'simple' }],
      ['newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
    ],
  ],
  [
    'a token68 in place of parameters',
    ['Negotiate dGVzdA==, Basic realm="r"'],
    [
      ['negotiate', {}],
      ['basic', { realm: 'r' }],
    ],
  ],
  ['spaces around =', ['Bearer realm = "t"'], [['bearer', { realm: 't' }]]],
  ['names in capitals', ['Bearer REALM="t"'], [['bearer', { realm: 't' }]]],
  ['empty elements', [', ,Bearer , realm="t",, a=b ,'], [['bearer', { realm: 't', a: 'b' }]]],
  [
    'an address without quotes',
    ['Bearer realm=http://a/b?c'],
    [['bearer', { realm: 'http://a/b?c' }]],
  ],
  ['a name twice', ['Bearer realm="first",realm="second"'], [['bearer', { realm: 'first' }]]],
  ['a quote without end', ['Bearer realm="t",service="s'], [['bearer', { realm: 't' }]]],
  ['a parameter without scheme', ['realm="t"'], []],
];

function found(headers: string[]): Expected[] {
  return parseChallenges(headers).map(({ scheme, params }) => [scheme, Object.fromEntries(params)]);
}

const TOKEN = fc.stringMatching(/^[a-z][a-z0-9!#$%&'*+.^_`|~-]{0,8}$/);
const CHALLENGE = fc.record({
  scheme: TOKEN,
  params: fc.dictionary(TOKEN, fc.string({ unit: 'grapheme-ascii' }), { maxKeys: 4 }),
});

function written({ scheme, params }: { scheme: string; params: Record<string, string> }): string {
  const quoted = Object.entries(params).map(([name, value]) => {
    return `${name}="${value.replaceAll(/["\\]/g, '\\$&')}"`;
  });
  return `${scheme} ${quoted.join(', ')}`.trim();
}

testSuite('challenges of a WWW-Authenticate header', (it) => {
  for (const [what, headers, expected] of CASES) {
    it(`reads ${what}`, () => {
      assert.equal(found(headers), expected);
    });
  }

  it('reads whatever was written by the rules', () => {
    const several = fc.array(CHALLENGE, { maxLength: 4 });
    fc.assert(
      fc.property(several, fc.boolean(), (challenges, inOne) => {
        const headers = challenges.map(written);
        const expected = challenges.map(({ scheme, params }) => [scheme, { ...params }]);
        assert.equal(found(inOne ? [headers.join(', ')] : headers), expected);
      }),
    );
  });

  it('ends on whatever else comes, and soon', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '=', '"', '\\', ',', ' '), maxLength: 400 }),
        (text) => {
          for (const { scheme } of parseChallenges([text])) assert.is.not(scheme, '');
        },
      ),
    );
    // What takes time by the square of the length would take minutes.
    const before = performance.now();
    parseChallenges(['a="'.repeat(500_000), 'a "\\'.repeat(400_000), `a ${'\\"'.repeat(800_000)}`]);
    assert.ok(performance.now() - before < 10_000);
  });
});
