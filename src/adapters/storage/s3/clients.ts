import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { S3Connection } from './s3-options.ts';

const CONNECT_MS = 5_000;

/** What a client may take of the service. */
export interface ClientLimits {
  /** How long an answer may take to begin, in milliseconds; sending the request is part of it. */
  readonly answerMs: number;
  readonly attempts: number;
  readonly connections: number;
}

export function createClient(connection: S3Connection, limits: ClientLimits): S3Client {
  const { region, isPathStyle, isTls, credentials, userAgent } = connection;
  const config: S3ClientConfig = {
    region,
    tls: isTls,
    forcePathStyle: isPathStyle,
    useDualstackEndpoint: connection.useDualstack,
    useFipsEndpoint: connection.useFips,
    useAccelerateEndpoint: connection.accelerate,
    maxAttempts: limits.attempts,
    requestHandler: handlerFor(connection, limits),
    // Checksums that nobody asked for are more than many other services understand
    // (https://github.com/aws/aws-sdk-js-v3/issues/6810).
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // With it, each part would have a connection of its own.
    expectContinueHeader: false,
  };
  if (connection.endpoint !== undefined) config.endpoint = connection.endpoint;
  if (userAgent !== undefined) config.customUserAgent = userAgent;
  if (credentials !== undefined) {
    config.credentials = async () => {
      const sessionToken = credentials.sessionToken();
      return {
        accessKeyId: credentials.accessKey(),
        secretAccessKey: credentials.secretKey(),
        ...(sessionToken !== undefined && { sessionToken }),
      };
    };
  }
  return new S3Client(config);
}

function handlerFor(connection: S3Connection, limits: ClientLimits): NodeHttpHandler {
  const agent = { keepAlive: true, maxSockets: limits.connections };
  return new NodeHttpHandler({
    connectionTimeout: CONNECT_MS,
    requestTimeout: limits.answerMs,
    throwOnRequestTimeout: true,
    httpAgent: new HttpAgent(agent),
    httpsAgent: new HttpsAgent({ ...agent, rejectUnauthorized: !connection.skipVerify }),
  });
}
