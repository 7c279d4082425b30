/** How settings are given, for the head of the reference. */
export const CONFIGURATION_GUIDE = `# Configuration

<!-- Made from the schema in src/app/config; a test holds this page to it. -->

Kagami reads the configuration of the CNCF registry (\`registry:2\`, \`registry:3\`): its \`config.yml\`
and its \`REGISTRY_*\` variables. Without either it mirrors Docker Hub on port 5000.

## The file

The first of these that is there:

1. the file named on the command line, \`kagami serve CONFIG\`;
2. the file that \`REGISTRY_CONFIGURATION_PATH\` names;
3. \`/etc/distribution/config.yml\`, then \`/etc/docker/registry/config.yml\`.

It must hold \`version: 0.1\`. Anchors, aliases and merge keys (\`<<\`) are followed, and keys at the top
that begin with \`x-\` are left alone, so that they can hold anchors. A key that is not known, a wrong
type and an impossible combination stop the start: all of them are reported at once, each with its
key, line and, where there is one, the key that was probably meant.

\`\`\`yaml
version: 0.1
proxy:
  remoteurl: https://registry-1.docker.io
storage:
  filesystem:
    rootdirectory: /var/lib/registry
http:
  addr: :5000
\`\`\`

## Variables

Each variable that begins with \`REGISTRY_\` sets the key whose path it spells, over what the file says:
\`REGISTRY_PROXY_REMOTEURL\` sets \`proxy.remoteurl\`. The rule is the registry's own:

- Variables are applied in the order of their names, so \`REGISTRY_STORAGE\` comes before
  \`REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY\`.
- A value is read as YAML: \`true\`, \`5\`, \`[a, b]\`, \`{a: b}\`. A text that YAML would read as something
  else needs quotes: \`"[::1]:5000"\`.
- In a list, the position counts from 0: \`REGISTRY_HTTP_HEADERS_X-FRAME-OPTIONS_0\`. The length of the
  list appends to it. In the tables below \`N\` stands for a position.
- \`REGISTRY_STORAGE=inmemory\` replaces the whole storage section. \`REGISTRY_STORAGE_INMEMORY={}\` beside
  a \`filesystem\` section would be a second driver, which is a mistake.
- A variable that names no setting is ignored, with a warning.
- Any secret may be in a file: its variable with \`_FILE\` at the end names that file, as in
  \`REGISTRY_PROXY_PASSWORD_FILE=/run/secrets/hub\`. One line break at the end of the file does not
  count, and nothing else in it is interpreted.

## Types

- A duration is written as in Go: \`90s\`, \`1h30m\`, \`500ms\`. A number without a unit counts nanoseconds.
  Nothing waits for longer than 24 days.
- A size is written with its unit, \`200GiB\` (of 1024) or \`200GB\` (of 1000), as bytes without one, or
  as a share, \`80%\`.
- A boolean is \`true\` or \`false\`; \`yes\`, \`no\`, \`on\` and \`off\` are understood.
- A text may be any single value, with or without quotes. An empty value is as good as none.

## Storage when none is named

Without a storage section, the cache is kept in \`/var/lib/registry\` if that can be written, else in
\`$XDG_CACHE_HOME/kagami\` or \`~/.cache/kagami\`.`;
