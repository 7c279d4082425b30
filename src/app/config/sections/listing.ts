import type { CatalogConfig } from '../config.ts';
import { section, setting } from '../declare.ts';
import type { Section } from '../schema.ts';
import { wholeNumber } from '../value-types.ts';
import type { Values } from '../values.ts';

const PAGE = '1000';

const maxentries = setting(wholeNumber, {
  default: PAGE,
  help: 'Most repositories in one answer of `_catalog`. 0 or less means the default.',
});
const maxtags = setting(wholeNumber, {
  default: PAGE,
  help: 'Most tags in one answer of `tags/list`. 0 or less means the default.',
});

export const catalog: Section = section({ maxentries }, { help: 'The list of repositories.' });
export const tags: Section = section({ maxtags }, { help: 'The lists of tags.' });

export function catalogOf(values: Values): CatalogConfig {
  return { pageLimit: positive(values.of(maxentries)) };
}

export function tagPageLimit(values: Values): number {
  return positive(values.of(maxtags));
}

/** As the registry does with `Catalog.MaxEntries`. */
function positive(limit: number): number {
  return limit > 0 ? limit : Number(PAGE);
}
