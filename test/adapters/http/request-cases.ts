import * as assert from 'uvu/assert';
import type { DefineTest } from '../../support/suite.ts';
import { sha256 } from './fake-mirror.ts';
import { type Asking, codeOf, Serving } from './serving.ts';

/** A request and what its answer has to be. */
export interface RequestCase {
  readonly does: string;
  readonly path: string;
  readonly asking?: Asking;
  readonly status: number;
  /** Those that matter here; undefined for one that must not be there. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** The body, or the code of an OCI error. */
  readonly body?: string | { readonly code: string };
}

export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const MANIFEST = { schemaVersion: 2, mediaType: OCI_MANIFEST };

/** Of these the mirror of every case has one: `alpine:3.20` and a blob of ten bytes. */
export const TAGGED = '/v2/alpine/manifests/3.20';
export const MANIFEST_TEXT: string = JSON.stringify(MANIFEST);
export const MANIFEST_DIGEST: string = sha256(MANIFEST_TEXT);
export const BLOB_DIGEST: string = sha256('0123456789');
export const BLOB: string = `/v2/alpine/blobs/${BLOB_DIGEST}`;
/** The digest of nothing that the mirror has. */
export const UNKNOWN: string = sha256('unknown');

export function known(ifNoneMatch: string): Asking {
  return { headers: { 'If-None-Match': ifNoneMatch } };
}

export function range(value: string, more: Record<string, string> = {}): Asking {
  return { headers: { Range: value, ...more } };
}

/** Defines a test for each case, and returns the server that they share. */
export function requestCases(it: DefineTest, cases: readonly RequestCase[]): Serving {
  const serving = new Serving({ headers: { 'X-Content-Type-Options': ['nosniff'] } });
  serving.mirror.addManifest('library/alpine', '3.20', MANIFEST);
  serving.mirror.addBlob('library/alpine', Buffer.from('0123456789'));
  it('starts', async () => void (await serving.start()));
  it.after(() => serving.stop());
  for (const each of cases) {
    it(`${each.does}: ${each.asking?.method ?? 'GET'} ${each.path}`, () => check(serving, each));
  }
  return serving;
}

async function check(serving: Serving, each: RequestCase): Promise<void> {
  const answer = await serving.ask(each.path, each.asking);
  assert.is(answer.status, each.status);
  for (const [name, value] of Object.entries(each.headers ?? {})) {
    assert.is(answer.headers[name], value, name);
  }
  if (typeof each.body === 'object') assert.is(codeOf(answer), each.body.code);
  else if (each.body !== undefined) assert.is(answer.body.toString(), each.body);
}
