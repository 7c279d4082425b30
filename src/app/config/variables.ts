import { CONFIGURATION, CONFIGURATION_INDEX } from './configuration.ts';
import type { Environment } from './environment.ts';
import { Override } from './override.ts';
import type { RawMap } from './raw-tree.ts';
import type { Report } from './report.ts';
import { VARIABLE_PREFIX } from './schema-index.ts';
import { readSecret, secretFile } from './secret-file.ts';
import { yamlTree } from './yaml-tree.ts';

/** Names the configuration file; not a setting itself. */
export const PATH_VARIABLE = 'REGISTRY_CONFIGURATION_PATH';

/**
 * Overrides `tree` with all `REGISTRY_*` variables, by the rule of the registry's
 * `configuration/parser.go`: sorted by name, so that `REGISTRY_STORAGE` is applied before
 * `REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY`; split at each `_`; each value read as YAML. A secret's
 * variable may end in `_FILE` and name a file that holds it.
 */
export function applyVariables(tree: RawMap, env: Environment, report: Report): RawMap {
  const names = Object.keys(env).filter(isOverride).sort();
  return names.reduce((before, name) => {
    const origin = { kind: 'variable', name } as const;
    const secret = secretFile(name, partsOf(name));
    const payload = secret
      ? readSecret(secret, origin, env, report)
      : yamlTree(env[name] ?? '', origin, report);
    if (payload === undefined) return before;
    const parts = secret?.parts ?? partsOf(name);
    const after = new Override(payload, report).into(CONFIGURATION, before, parts);
    if (after === undefined)
      report.unknownVariable(name, CONFIGURATION_INDEX.nearestVariable(name));
    return after?.kind === 'map' ? after : before;
  }, tree);
}

function isOverride(name: string): boolean {
  return name.startsWith(VARIABLE_PREFIX) && name !== PATH_VARIABLE;
}

function partsOf(name: string): string[] {
  return name.slice(VARIABLE_PREFIX.length).split('_');
}
