import * as assert from 'uvu/assert';
import { readPlainHead } from '../../../../src/adapters/http/fast-path/plain-head.ts';
import { testSuite } from '../../../support/suite.ts';

function head(...lines: string[]): string {
  return `${lines.join('\r\n')}\r\n\r\n`;
}

const LINE = 'GET /v2/a/manifests/1 HTTP/1.1';
const HOST = 'Host: x';

/** What is left to Node, whether it is right or wrong. */
const OTHERS: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['a part of a head', `${LINE}\r\n${HOST}\r\n`],
  ['more than a head', `${head(LINE, HOST)}GET`],
  ['two heads', head(LINE, HOST).repeat(2)],
  ['another method', head('PUT /v2/a/manifests/1 HTTP/1.1', HOST)],
  ['a method in small letters', head('get /v2/a/manifests/1 HTTP/1.1', HOST)],
  ['HTTP/1.0', head('GET /v2/a/manifests/1 HTTP/1.0', HOST)],
  ['HTTP/2', head('GET /v2/a/manifests/1 HTTP/2.0', HOST)],
  ['the absolute form', head('GET http://x/v2/a/manifests/1 HTTP/1.1', HOST)],
  ['two spaces', head('GET  /v2/a/manifests/1 HTTP/1.1', HOST)],
  ['a space in the target', head('GET /v2/a b HTTP/1.1', HOST)],
  ['a tab for a space', head('GET\t/v2/a/manifests/1 HTTP/1.1', HOST)],
  ['a target that is not ASCII', head('GET /v2/\xe4/manifests/1 HTTP/1.1', HOST)],
  ['no Host', head(LINE)],
  ['two Hosts', head(LINE, HOST, 'host: y')],
  ['a field twice', head(LINE, HOST, 'X-Forwarded-For: a', 'X-Forwarded-For: b')],
  ['a length', head(LINE, HOST, 'Content-Length: 0')],
  ['a coding', head(LINE, HOST, 'Transfer-Encoding: chunked')],
  ['an expectation', head(LINE, HOST, 'Expect: 100-continue')],
  ['an upgrade', head(LINE, HOST, 'Connection: Upgrade', 'Upgrade: h2c')],
  ['the end of the connection', head(LINE, HOST, 'Connection: close')],
  ['fields of the connection', head(LINE, HOST, 'Connection: keep-alive, X-Y')],
  ['a field without a name', head(LINE, HOST, ': a')],
  ['a field without a colon', head(LINE, HOST, 'X')],
  ['a space before the colon', head(LINE, HOST, 'X : a')],
  ['a folded field', head(LINE, HOST, 'X: a', ' b')],
  ['a line feed alone', `${LINE}\r\n${HOST}\nX: a\r\n\r\n`],
  ['a carriage return alone', head(LINE, HOST, 'X: a\rY: b')],
  ['a null', head(LINE, HOST, 'X: a\0b')],
  ['a value that is not ASCII', head(LINE, HOST, 'X: \xe4')],
];

testSuite('the head of a plain request', (it) => {
  it('is read as Node reads it', () => {
    const read = readPlainHead(
      head(
        LINE,
        HOST,
        'User-Agent: docker/29',
        'ACCEPT:a, b',
        'X-Empty:',
        'Connection: Keep-Alive',
      ),
    );
    assert.ok(read);
    const { headers, ...rest } = read;
    assert.equal(rest, {
      method: 'GET',
      url: '/v2/a/manifests/1',
      httpVersion: '1.1',
      httpVersionMajor: 1,
      httpVersionMinor: 1,
    });
    assert.equal(
      { ...headers },
      {
        host: 'x',
        'user-agent': 'docker/29',
        accept: 'a, b',
        'x-empty': '',
        connection: 'Keep-Alive',
      },
    );
  });

  it('may be that of a HEAD, and have a query', () => {
    assert.is(readPlainHead(head('HEAD /v2/a?ns=b HTTP/1.1', HOST))?.method, 'HEAD');
  });

  it('has fields of any name', () => {
    const read = readPlainHead(head(LINE, HOST, '__proto__: a', 'constructor: b'));
    assert.is(read?.headers['constructor'], 'b');
    assert.is(read?.headers['__proto__'], 'a');
  });

  for (const [what, text] of OTHERS) {
    it(`is not ${what}`, () => assert.is(readPlainHead(text), undefined));
  }
});
