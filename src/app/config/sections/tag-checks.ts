import type { FreshnessPolicy, FreshnessRule } from '../../../domain/freshness.ts';
import { ImagePattern } from '../../../domain/image-pattern.ts';
import type { TagsConfig } from '../config.ts';
import { itemOf, listOf, section, setting } from '../declare.ts';
import type { Section } from '../schema.ts';
import { age, boolean, text, wait } from '../value-types.ts';
import type { Values } from '../values.ts';
import { imagePattern } from './image-patterns.ts';

const timeout = setting(wait, {
  default: '3s',
  help: 'How long asking the upstream for a tag may take before the cached copy is served.',
});
const maxage = setting(age, {
  default: '0s',
  help: 'How long after a check a tag is served without another; `0` asks on each pull.',
});
const stalewhilerevalidate = setting(age, {
  default: '0s',
  help: 'How much longer a tag is served at once while the check runs behind it.',
});
const staleiferror = setting(age, {
  help: 'How long after a check a tag is still served when the upstream fails; for ever if it is not set.',
});

const rule = itemOf({
  match: setting(text, {
    help: "Which images: `library/*:*-slim`, for Docker Hub's official images are in `library/`. `*` stands for all but a slash, `**` for slashes too; without a colon it means every tag. Each rule needs one.",
  }),
  maxage: setting(age, { help: 'In place of `proxy.tags.maxage`.' }),
  stalewhilerevalidate: setting(age, { help: 'In place of `proxy.tags.stalewhilerevalidate`.' }),
  staleiferror: setting(age, { help: 'In place of `proxy.tags.staleiferror`.' }),
  immutable: setting(boolean, { help: 'Whether the tag is never checked again once it is known.' }),
});

const rules = setting(listOf(rule), {
  help: 'What differs for some images. The first rule that matches counts; what it does not say is as for the rest.',
});

export const tagChecks: Section = section(
  { timeout, maxage, stalewhilerevalidate, staleiferror, rules },
  { help: 'When a tag is checked.' },
);

export function tagChecksOf(values: Values): Omit<TagsConfig, 'pageLimit'> {
  const freshness: FreshnessPolicy = {
    maxAgeMs: values.of(maxage),
    staleWhileRevalidateMs: values.of(stalewhilerevalidate),
    staleIfErrorMs: values.of(staleiferror) ?? Number.POSITIVE_INFINITY,
    immutable: false,
  };
  return { timeoutMs: values.of(timeout), freshness, rules: rulesOf(values, freshness) };
}

function rulesOf(values: Values, otherwise: FreshnessPolicy): FreshnessRule[] {
  const read: FreshnessRule[] = [];
  for (const { part, value: written } of values.items(rules)) {
    const pattern = patternOf(values, part, written.match);
    if (pattern === undefined) continue;
    const policy: FreshnessPolicy = {
      maxAgeMs: written.maxage ?? otherwise.maxAgeMs,
      staleWhileRevalidateMs: written.stalewhilerevalidate ?? otherwise.staleWhileRevalidateMs,
      staleIfErrorMs: written.staleiferror ?? otherwise.staleIfErrorMs,
      immutable: written.immutable ?? false,
    };
    read.push({ pattern, policy });
  }
  return read;
}

function patternOf(
  values: Values,
  part: string,
  written: string | undefined,
): ImagePattern | undefined {
  const match = `${part}.match`;
  if (written === undefined) {
    if (!values.isPartSet(rules, match)) values.partProblem(rules, part, 'needs a match');
    return undefined;
  }
  const pattern = imagePattern(written);
  if (pattern instanceof ImagePattern) return pattern;
  values.partProblem(rules, match, pattern);
  return undefined;
}
