import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** An S3 server over a directory, built from its source by Go in two or three minutes. */
const MODULE = 'github.com/versity/versitygw/cmd/versitygw@v1.8.0';

const PROGRAM = 'versitygw';

const HELP =
  'install Go 1.25 or later, which builds one, or name a server with S3_TEST_ENDPOINT, ' +
  'S3_TEST_BUCKET, S3_TEST_ACCESSKEY and S3_TEST_SECRETKEY';

/** Where the server is; undefined if it is not installed. */
export async function findServer(): Promise<string | undefined> {
  const { PATH = '' } = process.env;
  const folders = [...PATH.split(delimiter), ...(await goFolders())];
  return folders.map((folder) => join(folder, PROGRAM)).find(isExecutable);
}

export async function installServer(): Promise<void> {
  try {
    await run('go', ['install', MODULE], { maxBuffer: 64 * 1024 * 1024 });
  } catch (cause) {
    throw new Error(`There is no S3 server to test with: ${HELP}`, { cause });
  }
}

/** Where Go puts what it installs. */
async function goFolders(): Promise<string[]> {
  try {
    const { stdout } = await run('go', ['env', 'GOBIN', 'GOPATH']);
    const [bin = '', path = ''] = stdout.split('\n');
    return bin === '' ? path.split(delimiter).map((folder) => join(folder, 'bin')) : [bin];
  } catch {
    return [];
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
