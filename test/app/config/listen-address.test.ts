import * as assert from 'uvu/assert';
import { type ListenAddress, parseListenAddress } from '../../../src/app/config/listen-address.ts';
import { testSuite } from '../../support/suite.ts';

const ADDRESSES: readonly (readonly [string, ListenAddress | undefined])[] = [
  [':5000', { port: 5000 }],
  [':0', { port: 0 }],
  [':65535', { port: 65535 }],
  ['127.0.0.1:5000', { host: '127.0.0.1', port: 5000 }],
  ['localhost:5000', { host: 'localhost', port: 5000 }],
  ['0.0.0.0:80', { host: '0.0.0.0', port: 80 }],
  ['[::1]:5000', { host: '::1', port: 5000 }],
  ['[::]:5000', { host: '::', port: 5000 }],
  ['[fe80::1%eth0]:5000', { host: 'fe80::1%eth0', port: 5000 }],
  ['5000', undefined],
  ['localhost', undefined],
  ['localhost:', undefined],
  [':65536', undefined],
  [':-1', undefined],
  [':http', undefined],
  ['::1:5000', undefined],
  ['[::1]', undefined],
  ['[]:5000', undefined],
  ['http://localhost:5000', undefined],
  ['local host:5000', undefined],
  ['/run/kagami.sock', undefined],
];

testSuite('http.addr is an address as Go takes it', (it) => {
  for (const [text, address] of ADDRESSES) {
    it(`${text} is ${address ? JSON.stringify(address) : 'refused'}`, () => {
      assert.equal(parseListenAddress(text), address);
    });
  }
});
