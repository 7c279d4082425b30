import * as assert from 'uvu/assert';
import { parseHtpasswd } from '../../../src/adapters/auth/htpasswd-file.ts';
import { testSuite } from '../../support/suite.ts';

const HASH = `$2y$05$${'a'.repeat(53)}`;
const OTHER = `$2b$10$${'b'.repeat(53)}`;

testSuite('the password file', (it) => {
  it('has a line for each user', () => {
    const { users, faults } = parseHtpasswd(`# ours\n\nann:${HASH}\r\n  bob:${OTHER}\n`);
    assert.equal(
      [...users],
      [
        ['ann', HASH],
        ['bob', OTHER],
      ],
    );
    assert.equal(faults, []);
  });

  it('gives of two lines for one user the later', () => {
    assert.is(parseHtpasswd(`ann:${HASH}\nann:${OTHER}`).users.get('ann'), OTHER);
  });

  const FAULTY: readonly (readonly [string, string])[] = [
    ['ann', 'is not `name:hash`'],
    [':x', 'is not `name:hash`'],
    ['ann:secret', 'has no bcrypt hash for "ann"; make one with `htpasswd -B`'],
    ['ann:$apr1$abcdefgh$0123456789012345678901', 'has no bcrypt hash for "ann"'],
    ['ann:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=', 'has no bcrypt hash for "ann"'],
    [`ann:$2y$03$${'a'.repeat(53)}`, 'has no bcrypt hash for "ann"'],
    [`ann:$2y$05$${'a'.repeat(52)}`, 'has no bcrypt hash for "ann"'],
  ];
  for (const [line, sentence] of FAULTY) {
    it(`lets nobody in by ${JSON.stringify(line)}, and says why`, () => {
      const { users, faults } = parseHtpasswd(`\n${line}\nbob:${HASH}`);
      assert.equal([...users.keys()], ['bob']);
      assert.is(faults.length, 1);
      assert.is(faults[0]?.line, 2);
      assert.ok(faults[0]?.sentence.startsWith(sentence), faults[0]?.sentence);
      assert.not.match(faults[0]?.sentence ?? '', /secret|\$|SHA/);
    });
  }

  it('takes back what an earlier line of the user said, if the later is of no use', () => {
    assert.equal([...parseHtpasswd(`ann:${HASH}\nann:secret`).users.keys()], []);
  });
});
