import * as assert from 'uvu/assert';
import {
  ownerName,
  parseOwnerName,
} from '../../../../../src/adapters/storage/s3/peer/owner-name.ts';
import { testSuite } from '../../../../support/suite.ts';

const STAGING = '0123456789ab-cdef01234567';

testSuite('the name of an owner', (it) => {
  it('tells where its mirror is, if that is to be told', () => {
    for (const url of [undefined, 'http://10.0.0.7:5000/', 'https://[::1]/mirror/?~']) {
      const name = ownerName({ staging: STAGING, url });
      assert.match(name, /^[\w.-]+$/);
      assert.equal(parseOwnerName(name), { staging: STAGING, url });
    }
  });

  it('tells no URL that could not be asked', () => {
    for (const url of ['file:///etc/passwd', 'somewhere', '']) {
      const name = `s3.${STAGING}.${Buffer.from(url).toString('base64url')}`;
      assert.is(parseOwnerName(name)?.url, undefined);
    }
  });

  it('is none of another kind', () => {
    for (const name of ['', STAGING, `s3-${STAGING}`, 's3.', 's3.x-y', `s3.${STAGING}.a.b`]) {
      assert.is(parseOwnerName(name), undefined, name);
    }
  });
});
