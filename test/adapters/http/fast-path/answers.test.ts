import * as assert from 'uvu/assert';
import {
  type AnswerBytes,
  type AnswerHead,
  Answers,
} from '../../../../src/adapters/http/fast-path/answers.ts';
import { testSuite } from '../../../support/suite.ts';

const KEEP_ALIVE_MS = 75_000;
const HEAD: AnswerHead = {
  status: 200,
  headers: ['A', 'b'],
  namespace: undefined,
  closes: false,
};
const BODY = Buffer.from('a body');

/** Made within one second. */
function twice(head: AnswerHead, other = head): readonly [AnswerBytes, AnswerBytes] {
  const answers = new Answers(KEEP_ALIVE_MS);
  for (;;) {
    const made = [answers.answer(head, BODY), answers.answer(other, BODY)] as const;
    const [first, second] = made.map(({ bytes }) => /^Date: .*/m.exec(bytes.toString())?.[0]);
    if (first === second) return made;
  }
}

testSuite('an answer as bytes', (it) => {
  it('is made once a second', () => {
    const [first, second] = twice(HEAD);
    assert.is(first, second);
    assert.ok(first.bytes.toString().endsWith('timeout=75\r\n\r\na body'));
  });

  it('is made anew with other headers, and for another name of the registry', () => {
    const [first, other] = twice(HEAD, { ...HEAD, headers: ['A', 'c'] });
    assert.ok(first.bytes.includes('\r\nA: b\r\n'));
    assert.ok(other.bytes.includes('\r\nA: c\r\n'));
    const [, named] = twice(HEAD, { ...HEAD, namespace: 'docker.io' });
    assert.ok(named.bytes.includes('\r\nOCI-Namespace: docker.io\r\n'));
  });

  it('is made anew where it ends the connection, and where it is no success', () => {
    const [first, last] = twice(HEAD, { ...HEAD, closes: true });
    assert.is.not(first, last);
    assert.ok(last.bytes.includes('\r\nConnection: close\r\n\r\n'));
    const [failed, again] = twice({ ...HEAD, status: 404 });
    assert.is.not(failed, again);
    assert.ok(again.bytes.toString().startsWith('HTTP/1.1 404 Not Found\r\n'));
  });

  it('has a body or none for the same headers', () => {
    const answers = new Answers(KEEP_ALIVE_MS);
    assert.ok(answers.answer(HEAD, BODY).bytes.toString().endsWith('a body'));
    assert.ok(answers.answer(HEAD, undefined).bytes.toString().endsWith('\r\n\r\n'));
    assert.ok(answers.answer(HEAD, BODY).bytes.toString().endsWith('a body'));
  });

  it('does not copy a long body', () => {
    const body = Buffer.alloc(64 * 1024 + 1);
    const { bytes, rest } = new Answers(KEEP_ALIVE_MS).answer(HEAD, body);
    assert.is(rest, body);
    assert.ok(bytes.toString().endsWith('\r\n\r\n'));
  });

  it('says nothing that cannot be sent', () => {
    const head = { ...HEAD, headers: ['A', 'b\r\nC: d'] };
    assert.throws(() => new Answers(KEEP_ALIVE_MS).answer(head, BODY), TypeError);
  });
});
