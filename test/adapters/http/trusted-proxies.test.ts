import type { Socket } from 'node:net';
import * as assert from 'uvu/assert';
import { isProxy, TrustedProxies } from '../../../src/adapters/http/trusted-proxies.ts';
import { testSuite } from '../../support/suite.ts';

function client(
  proxies: readonly string[],
  remoteAddress: string | undefined,
  forwarded?: string,
): string | undefined {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return new TrustedProxies(proxies).clientOf({ remoteAddress } as Socket, headers);
}

function comes(proxies: readonly string[], remoteAddress: string | undefined): boolean {
  return new TrustedProxies(proxies).isOne({ remoteAddress } as Socket);
}

const NGINX = '10.0.0.7';
const BOTH = ['10.0.0.0/8', '2001:db8::/32'];

const ROWS: readonly (readonly [string, ReturnType<typeof client>, string | undefined])[] = [
  ['without a proxy, the peer', client([], NGINX, '192.0.2.1'), NGINX],
  ['of a stranger, the peer', client(BOTH, '192.0.2.9', '192.0.2.1'), '192.0.2.9'],
  ['of a proxy that says nothing, the proxy', client(BOTH, NGINX), NGINX],
  ['of a proxy, whom it names', client(BOTH, NGINX, '192.0.2.1'), '192.0.2.1'],
  ['of a proxy in IPv6', client(BOTH, '2001:db8::1', '2001:db9::5'), '2001:db9::5'],
  ['of a proxy on a socket for both', client(BOTH, `::ffff:${NGINX}`, '192.0.2.1'), '192.0.2.1'],
  ['what a client claimed does not count', client(BOTH, NGINX, '1.1.1.1, 192.0.2.1'), '192.0.2.1'],
  ['of two proxies, the first one', client(BOTH, NGINX, '192.0.2.1, 10.0.0.8'), '192.0.2.1'],
  ['of proxies alone, the outermost', client(BOTH, NGINX, '10.0.0.9,10.0.0.8'), '10.0.0.9'],
  ['nonsense ends the chain', client(BOTH, NGINX, '192.0.2.1, who?, 10.0.0.8'), '10.0.0.8'],
  ['nonsense alone is the proxy', client(BOTH, NGINX, 'unknown'), NGINX],
  ['a port does not count', client(BOTH, NGINX, '192.0.2.1:4711'), '192.0.2.1'],
  ['nor in IPv6', client(BOTH, NGINX, '[2001:db9::5]:4711'), '2001:db9::5'],
  ['one address', client([NGINX], NGINX, '192.0.2.1'), '192.0.2.1'],
  ['a Unix socket', client(['unix:'], undefined, '192.0.2.1'), '192.0.2.1'],
  ['a Unix socket that is not trusted', client([NGINX], undefined, '192.0.2.1'), undefined],
];

testSuite("a client's address", (it) => {
  for (const [what, found, expected] of ROWS) it(what, () => assert.is(found, expected));

  it('is a proxy that comes itself', () => {
    assert.ok(comes(BOTH, NGINX));
    assert.ok(comes(['unix:'], undefined));
    assert.not(comes(BOTH, '192.0.2.9'));
    assert.not(comes(BOTH, undefined));
    assert.not(comes([], NGINX));
  });

  it('is vouched for by addresses, networks and Unix sockets alone', () => {
    for (const text of ['10.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32', 'unix:', '0.0.0.0/0']) {
      assert.ok(isProxy(text), text);
    }
    for (const text of ['', 'nginx', '10.0.0.0/33', '10.0.0/8', '::1/129', '::1/', '10.0.0.1/-1']) {
      assert.not(isProxy(text), text);
    }
  });
});
