import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type Node, parse, parseDocument, visit } from 'yaml';
import { CONFIGURATION_INDEX } from '../../../src/app/config/configuration.ts';
import type { Field, Setting, Shape } from '../../../src/app/config/schema.ts';
import { variablePart } from '../../../src/app/config/schema-index.ts';
import { Authority } from '../../support/certificates.ts';
import { testSuite } from '../../support/suite.ts';
import { file, load } from './load.ts';

const PAGE = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');

const directory = mkdtempSync(join(tmpdir(), 'kagami-keys-'));

function write(name: string, text: string): string {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
}

const authority = new Authority();
const issued = authority.issue('a mirror');
const CERTIFICATE = write('certificate.pem', issued.certificate);
const KEY = write('key.pem', issued.key);
const CA = write('ca.pem', authority.certificate);
const PASSWORDS = write('htpasswd', `ann:$2y$05$${'a'.repeat(53)}\n`);

/** A value for those keys for which not any of their type will do; `N` is 0. */
const SAMPLES: Readonly<Record<string, string>> = {
  version: '0.1',
  'proxy.remoteurl': 'https://a.example',
  'proxy.mirrors': '[https://b.example]',
  'proxy.credentials': '[{username: a, password: b}]',
  'proxy.tags.rules': '[{match: library/*, maxage: 5m}]',
  'proxy.tags.rules.0.match': 'library/*',
  'http.addr': '127.0.0.1:5001',
  'http.prefix': '/mirror/',
  'http.host': 'https://mirror.example',
  'http.advertise': 'http://10.0.0.7:5000',
  'http.trustedproxies': '[10.0.0.0/8]',
  'http.accel.xaccelredirect': '/kagami-blobs/',
  'http.limits.headerbytes': '2048',
  'http.tls.certificate': CERTIFICATE,
  'http.tls.key': KEY,
  'http.tls.clientcas': `[${CA}]`,
  'auth.htpasswd.path': PASSWORDS,
  'storage.s3.chunksize': '6291456',
  middleware: '{registry: [{name: a}]}',
};

const TLS = { REGISTRY_HTTP_TLS_CERTIFICATE: CERTIFICATE, REGISTRY_HTTP_TLS_KEY: KEY };

const S3 = { REGISTRY_STORAGE_S3_BUCKET: 'b', REGISTRY_STORAGE_S3_REGION: 'r' };

/** What a key needs beside it. */
const BESIDE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'proxy.username': { REGISTRY_PROXY_PASSWORD: 'x' },
  'proxy.password': { REGISTRY_PROXY_USERNAME: 'x' },
  'proxy.options': { REGISTRY_PROXY_REMOTEURL: 'module:@acme/kagami-hub' },
  'proxy.credentials.0.username': { REGISTRY_PROXY_CREDENTIALS_0_PASSWORD: 'x' },
  'proxy.credentials.0.password': { REGISTRY_PROXY_CREDENTIALS_0_USERNAME: 'x' },
  'proxy.tags.rules.0': { REGISTRY_PROXY_TAGS_RULES_0_MATCH: 'library/*' },
  'http.accel': { REGISTRY_HTTP_TRUSTEDPROXIES: '[10.0.0.0/8]' },
  'http.net': { REGISTRY_HTTP_ADDR: '/run/kagami.sock' },
  'http.tls.certificate': { REGISTRY_HTTP_TLS_KEY: KEY },
  'http.tls.key': { REGISTRY_HTTP_TLS_CERTIFICATE: CERTIFICATE },
  'http.tls.clientcas': TLS,
  'http.tls.clientauth': { ...TLS, REGISTRY_HTTP_TLS_CLIENTCAS: `[${CA}]` },
  'auth.htpasswd': { REGISTRY_AUTH_HTPASSWD_PATH: PASSWORDS },
  'storage.s3': S3,
  'storage.s3.bucket': { REGISTRY_STORAGE_S3_REGION: 'r' },
  'storage.s3.region': { REGISTRY_STORAGE_S3_BUCKET: 'b' },
  'storage.s3.accesskey': { ...S3, REGISTRY_STORAGE_S3_SECRETKEY: 's' },
  'storage.s3.secretkey': { ...S3, REGISTRY_STORAGE_S3_ACCESSKEY: 'a' },
  'storage.s3.sessiontoken': {
    ...S3,
    REGISTRY_STORAGE_S3_ACCESSKEY: 'a',
    REGISTRY_STORAGE_S3_SECRETKEY: 's',
  },
  'auth.htpasswd.path': {},
};

/** What is in sections that ask for something by their name alone. */
const SECTIONS: Readonly<Record<string, unknown>> = {
  'storage.filesystem': { rootdirectory: '/var/lib/registry' },
  'auth.htpasswd': { realm: 'kagami', path: PASSWORDS },
  'storage.s3': { bucket: 'b', region: 'r' },
};

interface Case {
  readonly key: string;
  readonly variable: string;
  readonly field: Field;
}

const CASES: readonly Case[] = CONFIGURATION_INDEX.fields.flatMap((indexed) => {
  const { key, field, variable, standing } = indexed;
  if (variable === undefined || standing.kind === 'refused') return [];
  if (field.kind === 'section' && !field.named) return [];
  return [{ key, variable, field }, ...itemsOf(field, key, variable)];
});

/** The keys of the first section in a list of them. */
function itemsOf(field: Field, key: string, variable: string): Case[] {
  const { shape } = field as Setting;
  if (field.kind === 'section' || shape.kind !== 'list' || shape.item.kind !== 'section') return [];
  return [...shape.item.fields].flatMap(([name, item]) => {
    if (item.kind === 'section') return [];
    const part = variablePart(name, item);
    return [{ key: `${key}.0.${name}`, variable: `${variable}_0_${part}`, field: item }];
  });
}

/** A value other than the default, as it is written in a file. */
function sample({ key, field }: Pick<Case, 'key' | 'field'>): string {
  const known = SAMPLES[key];
  if (known !== undefined) return known;
  return field.kind === 'section' ? '{}' : sampleOf(field.shape, field.default);
}

function sampleOf(shape: Shape, otherThan?: string): string {
  switch (shape.kind) {
    case 'scalar':
      return sampleOfWord(shape.name, otherThan);
    case 'list':
      return `[${sampleOf(shape.item)}]`;
    case 'map':
      return `{sample: ${sampleOf(shape.item)}}`;
    case 'section': {
      const fields = [...shape.fields].map(([key, field]) => `${key}: ${sample({ key, field })}`);
      return `{${fields.join(', ')}}`;
    }
    case 'any':
      return '{sample: 5}';
    default:
      return shape satisfies never;
  }
}

function sampleOfWord(name: string, otherThan: string | undefined): string {
  if (name === 'boolean') return otherThan === 'true' ? 'false' : 'true';
  if (name === 'whole number') return '7';
  if (name === 'duration') return '7m';
  if (name === 'size' || name === 'bytes') return '7GiB';
  const words = [...name.matchAll(/`([^`]+)`/g)].map(([, word]) => word ?? '');
  return words.findLast((word) => word !== otherThan) ?? 'sample';
}

/** A file with this value, in one line. */
function fileWith(key: string, value: string): string {
  const [first, ...rest] = key.split('.');
  const text = rest.reduceRight((below, part) => `{${part}: ${below}}`, value);
  return key === 'version' ? `version: ${value}` : file(`${first}: ${text}`);
}

function besides({ key }: Case): Readonly<Record<string, string>> {
  return BESIDE[key] ?? BESIDE[key.slice(0, key.lastIndexOf('.'))] ?? {};
}

/** What `kagami config` says of a key: its value, and where it is from. */
function printedOf(printed: string, key: string): { value: unknown; places: string[] } {
  const path = key.split('.').map((part) => (part === '0' ? 0 : part));
  const node = parseDocument(printed).getIn(path, true) as Node | undefined;
  assert.ok(node, `${key} is printed`);
  const places: string[] = [];
  visit(node, {
    Scalar: (_, { comment }) => void (comment && places.push(comment.trim())),
  });
  return { value: node.toJSON(), places };
}

function expected({ key, field }: Case, value: string): unknown {
  if (field.kind === 'section') return SECTIONS[key] ?? {};
  return field.secret ? '[redacted]' : redacted(field.shape, parse(value));
}

/** The value without the secrets of the sections in a list. */
function redacted(shape: Shape, value: unknown): unknown {
  if (shape.kind !== 'list' || shape.item.kind !== 'section') return value;
  const { fields } = shape.item;
  return (value as Record<string, unknown>[]).map((item) =>
    Object.fromEntries(
      Object.entries(item).map(([name, each]) => {
        const field = fields.get(name);
        return [name, field?.kind === 'setting' && field.secret ? '[redacted]' : each];
      }),
    ),
  );
}

/** Of a section, what was set: its defaults stand beside that. */
function assertIs(value: unknown, want: unknown): void {
  if (typeof want !== 'object' || want === null || Array.isArray(want)) {
    assert.equal(value, want);
    return;
  }
  for (const [name, each] of Object.entries(want)) {
    assert.equal((value as Record<string, unknown>)[name], each);
  }
}

testSuite('every documented key', (it) => {
  it.after(() => rmSync(directory, { recursive: true }));

  it('is among those that follow', () => {
    const rows = [...PAGE.matchAll(/^\| `([^`]+)` \| `(REGISTRY_[^`]+)` \|/gm)];
    assert.ok(rows.length > 50);
    const known = new Map(CASES.map(({ key, variable }) => [key, variable]));
    for (const [, key = '', variable = ''] of rows) {
      const first = key.replace('.N', '.0');
      assert.is(known.get(first), variable.replace('_N_', '_0_'), key);
    }
  });

  for (const each of CASES) {
    const { key, variable, field } = each;
    it(`${key} is read back as it was set by file, and by variable`, () => {
      const value = sample(each);
      const want = expected(each, value);
      // Those of a section in a list are read by file with the list.
      if (!key.includes('.0.')) {
        const byFile = printedOf(load(fileWith(key, value), besides(each)).printed, key);
        assertIs(byFile.value, want);
        if (field.kind === 'setting') assert.match(byFile.places[0] ?? '', /^config\.yml:\d+:\d+/);
      }
      const env = { ...besides(each), [variable]: value };
      const byVariable = printedOf(load(undefined, env).printed, key);
      assertIs(byVariable.value, want);
      if (field.kind === 'setting') assert.ok((byVariable.places[0] ?? '').startsWith(variable));
    });
  }
});
