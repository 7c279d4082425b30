import { validateHeaderName, validateHeaderValue } from 'node:http';
import { contentRange, type ResolvedRange } from '../../domain/byte-range.ts';
import type { Descriptor } from '../../domain/descriptor.ts';
import type { Digest } from '../../domain/digest.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { OCTET_STREAM } from '../../domain/media-type.ts';
import { etagOf } from './conditional.ts';

/** Names and values in turn, as `writeHead` takes them without copying. */
export type RawHeaders = readonly string[];

const API_VERSION = 'Docker-Distribution-Api-Version';

/** Content under a digest never changes; the CNCF registry says a year as well. */
const FOREVER: RawHeaders = ['Cache-Control', 'max-age=31536000'];

/** A media type with its parameters; another could not be sent as a header. */
const SENDABLE_TYPE = /^[\x21-\x7e][\x20-\x7e]*$/;

/** The headers of every kind of answer. */
export class AnswerHeaders {
  readonly #always: RawHeaders;
  readonly #ofManifests = new WeakMap<Descriptor, RawHeaders>();
  readonly #ofHeldBlobs = new WeakMap<Uint8Array, RawHeaders>();

  /** @throws TypeError if a configured header cannot be sent */
  constructor(configured: Readonly<Record<string, readonly string[]>>) {
    const own = Object.entries(configured).flatMap(([name, values]) => pairs(name, values));
    const names = Object.keys(configured).map((name) => name.toLowerCase());
    const version = names.includes(API_VERSION.toLowerCase()) ? [] : [API_VERSION, 'registry/2.0'];
    this.#always = [...version, ...own];
  }

  /** `more` and what every answer has. */
  with(...more: string[]): RawHeaders {
    return [...this.#always, ...more];
  }

  /** Computed once for each manifest in memory: this is the path that is taken most. */
  ofManifest({ descriptor }: Manifest): RawHeaders {
    let headers = this.#ofManifests.get(descriptor);
    if (headers === undefined) {
      headers = this.#compute(descriptor);
      this.#ofManifests.set(descriptor, headers);
    }
    return headers;
  }

  /** For HEAD; the descriptor need not be that of a manifest in memory. */
  ofDescriptor(descriptor: Descriptor): RawHeaders {
    return this.#ofManifests.get(descriptor) ?? this.#compute(descriptor);
  }

  /** A blob, or the part of it that is sent; without a length while nobody knows it. */
  ofBlob(digest: Digest, size: number | undefined, range?: ResolvedRange): RawHeaders {
    const length = range === undefined ? size : range.last - range.first + 1;
    const headers = describing(digest);
    // nginx would otherwise spool a blob to its disk and hide how fast the client is.
    headers.push('Accept-Ranges', 'bytes', 'X-Accel-Buffering', 'no');
    if (length !== undefined) headers.push('Content-Length', String(length));
    if (range !== undefined) headers.push('Content-Range', partOf(range, size));
    return this.with(...headers);
  }

  /** A blob whose bytes are in memory; computed once for each. */
  ofHeldBlob(digest: Digest, bytes: Uint8Array): RawHeaders {
    let headers = this.#ofHeldBlobs.get(bytes);
    if (headers === undefined) {
      headers = this.ofBlob(digest, bytes.byteLength);
      this.#ofHeldBlobs.set(bytes, headers);
    }
    return headers;
  }

  /**
   * A blob whose bytes the proxy in front takes from the file that `naming` names. That it can give
   * parts of it, it says itself; nginx would say it twice.
   */
  ofFile(digest: Digest, naming: readonly [name: string, value: string]): RawHeaders {
    return this.with(...describing(digest), ...naming, 'Content-Length', '0');
  }

  /** The bytes are there for the client to fetch; not for ever, so nothing may remember it. */
  elsewhere(location: string, digest: Digest): RawHeaders {
    return this.with(
      'Location',
      location,
      'Content-Length',
      '0',
      'Cache-Control',
      'no-store',
      ...named(digest),
    );
  }

  /** The client has it already (RFC 9110 §15.4.5). */
  notModified(digest: Digest, kind: 'manifest' | 'blob'): RawHeaders {
    return this.with(...named(digest), ...(kind === 'blob' ? FOREVER : []));
  }

  #compute({ mediaType, digest, size }: Descriptor): RawHeaders {
    const type = SENDABLE_TYPE.test(mediaType) ? mediaType : OCTET_STREAM;
    return this.with('Content-Type', type, 'Content-Length', String(size), ...named(digest));
  }
}

/** What tells a client that nobody could confirm the answer (RFC 9111 §5.1; RFC 7234 §5.5). */
export function staleness(ageMs: number | undefined): string[] {
  const warning = ['Warning', '110 - "Response is Stale"'];
  return ageMs === undefined ? warning : [...warning, 'Age', String(Math.floor(ageMs / 1000))];
}

/** The registry that the client has named with `ns` is named in the answer, too. */
export function echoing(namespace: string, headers: RawHeaders): RawHeaders {
  return [...headers, 'OCI-Namespace', namespace];
}

function named(digest: Digest): string[] {
  return ['Docker-Content-Digest', digest, 'ETag', etagOf(digest)];
}

/** What is said of a blob, however its bytes get to the client. */
function describing(digest: Digest): string[] {
  return ['Content-Type', OCTET_STREAM, ...named(digest), ...FOREVER];
}

function partOf(range: ResolvedRange, size: number | undefined): string {
  return size === undefined ? `bytes ${range.first}-${range.last}/*` : contentRange(range, size);
}

function pairs(name: string, values: readonly string[]): string[] {
  validateHeaderName(name);
  for (const value of values) validateHeaderValue(name, value);
  return values.flatMap((value) => [name, value]);
}
