import * as assert from 'uvu/assert';
import { upstreamUrl } from '../../../src/app/config/upstream-url.ts';
import { testSuite } from '../../support/suite.ts';

const ACCEPTED = [
  ['https://registry-1.docker.io', 'https://registry-1.docker.io/'],
  ['https://index.docker.io', 'https://index.docker.io/'],
  ['http://localhost:5001', 'http://localhost:5001/'],
  ['HTTPS://Registry.Example:8443/', 'https://registry.example:8443/'],
  ['https://registry.example/mirror', 'https://registry.example/mirror'],
  ['file:///srv/images', 'file:///srv/images'],
  ['module:@acme/upstream', 'module:@acme/upstream'],
  ['module:./upstream.js', 'module:./upstream.js'],
] as const;

const HUB_PAGES = [
  'https://docker.io',
  'http://hub.docker.com/',
  'https://hub.docker.com/_/alpine',
];

const REFUSED = [
  [
    'registry-1.docker.io',
    'must begin with a scheme; did you mean `https://registry-1.docker.io`?',
  ],
  ['localhost:5001', 'must begin with a scheme; did you mean `https://localhost:5001`?'],
  [
    'me:hunter2@r.example',
    'must begin with a scheme; did you mean `https://registry-1.docker.io`?',
  ],
  ['ftp://r.example', 'must be an http, https, file or module URL, not "ftp:"'],
  ['https://', 'must be a URL such as `https://registry-1.docker.io`, not "https://"'],
  [
    'https://me:hunter2@r.example:x',
    'must be a URL such as `https://registry-1.docker.io`, not "https://[redacted]@r.example:x"',
  ],
  [
    'https://me:hunter2@r.example',
    'must not hold a user name or password; set proxy.username and proxy.password instead',
  ],
  [
    'https://hunter2@r.example',
    'must not hold a user name or password; set proxy.username and proxy.password instead',
  ],
  ['https://r.example/?a=b', 'must end with the path; a query or a fragment means nothing there'],
  ['https://r.example/#a', 'must end with the path; a query or a fragment means nothing there'],
  ['file:///srv/images?a=b', 'must end with the path; a query or a fragment means nothing there'],
  ['file://srv/images', 'must be written `file:///DIR`, with three slashes'],
] as const;

testSuite('proxy.remoteurl names a registry or a directory', (it) => {
  for (const [written, href] of ACCEPTED) {
    it(`${written} is mirrored as it is`, () => {
      const parsed = upstreamUrl(written);
      if (typeof parsed === 'string') assert.unreachable(parsed);
      else assert.equal([parsed.url.href, parsed.warning], [href, undefined]);
    });
  }

  for (const written of HUB_PAGES) {
    it(`${written} is taken for the Hub's registry, with a warning`, () => {
      const parsed = upstreamUrl(written);
      if (typeof parsed === 'string') assert.unreachable(parsed);
      else assert.is(parsed.url.href, 'https://registry-1.docker.io/');
      assert.match(JSON.stringify(parsed), 'is not a registry');
    });
  }

  for (const [written, sentence] of REFUSED) {
    it(`${written} is refused`, () => assert.is(upstreamUrl(written), sentence));
  }
});
