/** Makes sure that there is a real S3 server to test with: the one that is named, or one of ours. */
import { findServer, installServer } from './versitygw.ts';

if (process.env['S3_TEST_ENDPOINT'] === undefined && (await findServer()) === undefined) {
  console.log('Building an S3 server; that takes some minutes.');
  await installServer();
}
