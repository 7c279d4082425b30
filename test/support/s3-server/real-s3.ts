import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { Program } from '../program.ts';
import type { Reachable } from '../s3/s3-fixture.ts';
import { tempDirectory } from '../temp-directory.ts';
import { findServer } from './versitygw.ts';

export interface RealS3 extends Reachable {
  stop(): Promise<void>;
}

const STARTS_WITHIN_MS = 10_000;

/** The server that `S3_TEST_ENDPOINT` names, or one that is started for the test. */
export async function realS3(): Promise<RealS3> {
  const { env } = process;
  const url = env['S3_TEST_ENDPOINT'];
  if (url === undefined) return startServer();
  return {
    url,
    bucket: env['S3_TEST_BUCKET'] ?? 'kagami-test',
    keys: {
      accessKey: env['S3_TEST_ACCESSKEY'] ?? '',
      secretKey: env['S3_TEST_SECRETKEY'] ?? '',
    },
    stop: async () => {},
  };
}

async function startServer(): Promise<RealS3> {
  const program = await findServer();
  if (program === undefined) throw new Error('npm run test:s3 installs the server that is missing');
  const directory = await tempDirectory();
  const bucket = 'kagami-test';
  await mkdir(join(directory.path, bucket));
  const keys = { accessKey: 'test-key', secretKey: 'test-secret' };
  const port = await freePort();
  const server = new Program(program, ['--port', `127.0.0.1:${port}`, 'posix', directory.path], {
    env: { ROOT_ACCESS_KEY: keys.accessKey, ROOT_SECRET_KEY: keys.secretKey },
  });
  await answering(port, server);
  const stop = async (): Promise<void> => {
    await server.stop();
    await directory.remove();
  };
  return { url: `http://127.0.0.1:${port}`, bucket, keys, stop };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answering(port: number, server: Program): Promise<void> {
  const end = Date.now() + STARTS_WITHIN_MS;
  while (!(await accepts(port))) {
    if (!server.isRunning || Date.now() > end) {
      throw new Error(`the S3 server did not start:\n${server.stdout}${server.stderr}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
