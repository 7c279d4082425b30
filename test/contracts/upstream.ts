/** The contract of `kagami-registry/testing` as a suite of uvu. */

import * as contract from '../../src/testing/upstream.ts';
import { testSuite } from '../support/suite.ts';

export type { UpstreamContent, UpstreamUnderTest } from '../../src/testing/upstream.ts';

export function upstreamContract(name: string, create: contract.CreateUpstream): void {
  testSuite(name, (it) => contract.upstreamContract(it, create));
}
