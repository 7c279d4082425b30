import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { NamedImage } from '../../adapters/images/named-image.ts';
import { ImagesUpstream } from '../../adapters/upstream/images/images-upstream.ts';
import type { Upstream } from '../../domain/ports/upstream.ts';
import { OPTIONS_ORIGIN } from '../config/options-tree.ts';
import { quoted } from '../config/redact.ts';
import type { Report } from '../config/report.ts';
import { MODULE, upstreamUrl } from '../config/upstream-url.ts';

/** What the option comes to. */
export interface UpstreamOption {
  readonly remoteurl: string;
  /** Where the URL alone does not name it. */
  readonly origin?: Upstream;
}

/** No module has this name: what it stands for is given as an object. */
const IMAGES = `${MODULE}images`;
/** What a URL begins with, and no path. */
const SCHEME = /^([a-z][a-z0-9+.-]*:\/\/|file:|module:)/i;

/** Reads the option `upstream`; undefined if it is wrong, which is then in the report. */
export function upstreamOption(given: unknown, report: Report): UpstreamOption | undefined {
  const wrong = (sentence: string, key = 'upstream'): undefined => {
    report.problem(OPTIONS_ORIGIN, `${key} ${sentence}`, key);
  };
  if (Array.isArray(given)) return images(given, wrong);
  const written = given instanceof URL ? given.href : given;
  if (typeof written !== 'string') {
    return wrong('must be a URL, the path of a directory or a list of images');
  }
  return SCHEME.test(written) ? located(written, wrong) : directory(written, wrong);
}

type Wrong = (sentence: string, key?: string) => undefined;

function located(written: string, wrong: Wrong): UpstreamOption | undefined {
  const parsed = upstreamUrl(written);
  return typeof parsed === 'string' ? wrong(parsed) : { remoteurl: written };
}

function directory(written: string, wrong: Wrong): UpstreamOption | undefined {
  const path = resolve(written);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    return { remoteurl: pathToFileURL(path).href };
  }
  return wrong(`must be a URL with its scheme, or a directory that exists, not ${quoted(written)}`);
}

function images(given: readonly unknown[], wrong: Wrong): UpstreamOption | undefined {
  const strange = given.findIndex((each) => !isNamedImage(each));
  if (strange >= 0) return wrong('must be an image that image() made', `upstream.${strange}`);
  return { remoteurl: IMAGES, origin: new ImagesUpstream(given as readonly NamedImage[]) };
}

function isNamedImage(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return 'repository' in value && 'manifests' in value && 'blobs' in value;
}
