import { Argument, Command, CommanderError, InvalidArgumentError } from 'commander';
import { type ByteSize, ByteSizeInvalid, parseByteSize } from '../domain/upkeep/byte-size.ts';
import { parseDayDuration } from './day-duration.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { patternMistake } from './image-arguments.ts';
import type { LsOptions } from './ls.ts';
import type { PruneOptions } from './prune.ts';
import type { ClientName, SetupOptions } from './setup/setup.ts';

export interface Commands {
  /** Runs the mirror until it is told to stop; resolves to what the process ends with. */
  serve(config: string | undefined): Promise<ExitCode>;
  /** Prints the configuration in force. */
  config(config: string | undefined): ExitCode;
  /** Says every mistake in the configuration, or that there is none. */
  checkConfig(config: string | undefined): Promise<ExitCode>;
  /** Prints what makes a client use this mirror. */
  setup(client: ClientName, options: SetupOptions): ExitCode;
  /** Looks through the storage for what is wrong, and mends it if told so. */
  verify(config: string | undefined, options: { repair: boolean }): Promise<ExitCode>;
  /** Lists the images in storage. */
  ls(patterns: readonly string[], options: LsOptions): Promise<ExitCode>;
  /** Removes images from the storage. */
  prune(patterns: readonly string[], options: PruneOptions): Promise<ExitCode>;
  /** Asks the running mirror whether it is there. */
  healthcheck(config: string | undefined): Promise<ExitCode>;
}

/** Reads the command line (without `node` and the file) and runs what it asks for. */
export async function runCommandLine(
  args: readonly string[],
  version: string,
  commands: Commands,
): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const program = new Command('kagami')
    .description(
      'A Docker Hub mirror: fetches each image once, keeps it, and serves it from then on.',
    )
    .version(version)
    .exitOverride();
  program
    .command('serve')
    .description('run the mirror')
    .argument('[config]', "a config.yml in the form of the CNCF registry's")
    .addHelpText('after', SERVE_HELP)
    .action(async (config: string | undefined) => {
      code = await commands.serve(config);
    });
  const end = (ended: ExitCode): void => {
    code = ended;
  };
  addConfig(program, commands, end);
  addSetup(program, commands, end);
  addHealthcheck(program, commands, end);
  program
    .command('verify')
    .description('read everything that is stored, and say what is wrong with it')
    .argument('[config]', 'the config.yml that the mirror runs with')
    .option(
      '--repair',
      'mend what is found; what goes is fetched again when it is asked for',
      false,
    )
    .addHelpText('after', VERIFY_HELP)
    .action(async (config: string | undefined, options: { repair: boolean }) => {
      code = await commands.verify(config, options);
    });
  program
    .command('ls')
    .description('list the images that are stored')
    .argument('[pattern...]', PATTERN_HELP, pattern)
    .option('--config <file>', 'the config.yml that the mirror runs with')
    .option('--long', 'whole digests', false)
    .option('--json', 'for programs', false)
    .addHelpText('after', LS_HELP)
    .action(async (patterns: string[], options: LsOptions) => {
      code = await commands.ls(patterns, options);
    });
  program
    .command('prune')
    .description('remove images that are stored; they are fetched again when somebody pulls them')
    .argument('[pattern...]', PATTERN_HELP, pattern)
    .option('--older-than <age>', 'those that were last pulled so long ago: `30d`, `12h`', age)
    .option('--to <size>', 'the least recently pulled ones until so much is left: `50GiB`', size)
    .option('--dry-run', 'only say what would go', false)
    .option('--config <file>', 'the config.yml that the mirror runs with')
    .addHelpText('after', PRUNE_HELP)
    .action(async (patterns: string[], options: PruneOptions) => {
      code = await commands.prune(patterns, options);
    });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    // commander has written the help, the version or the complaint by itself.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    throw error;
  }
}

const PATTERN_HELP = 'which images: `alpine`, `library/debian:12*`, `**`; all if there is none';

function pattern(written: string, before: readonly string[] = []): string[] {
  const mistake = patternMistake(written);
  if (mistake !== undefined) throw new InvalidArgumentError(mistake);
  return [...before, written];
}

function age(written: string): number {
  const ms = parseDayDuration(written);
  if (ms !== undefined) return ms;
  throw new InvalidArgumentError('It must be an age such as `30d`, `12h` or `90m`.');
}

function size(written: string): ByteSize {
  try {
    return parseByteSize(written);
  } catch (error) {
    if (!(error instanceof ByteSizeInvalid)) throw error;
    throw new InvalidArgumentError(`${error.message}.`);
  }
}

function addConfig(program: Command, commands: Commands, end: (code: ExitCode) => void): void {
  const file = ['[config]', 'the config.yml that the mirror runs with'] as const;
  const config = program
    .command('config')
    .description('print the configuration in force, and where each value came from')
    .argument(...file)
    .addHelpText('after', CONFIG_HELP)
    .action((path: string | undefined) => end(commands.config(path)));
  config
    .command('check')
    .description('say every mistake in the configuration')
    .argument(...file)
    .addHelpText('after', CONFIG_HELP)
    .action(async (path: string | undefined) => end(await commands.checkConfig(path)));
}

function addSetup(program: Command, commands: Commands, end: (code: ExitCode) => void): void {
  program
    .command('setup')
    .description('print the configuration that makes a client use this mirror')
    .addArgument(
      new Argument('<client>', 'what is to be configured').choices([
        'docker',
        'containerd',
        'podman',
      ]),
    )
    .argument('[config]', 'the config.yml that the mirror runs with')
    .option('--url <url>', 'where clients find the mirror; unless told, http.host or http.addr')
    .addHelpText('after', SETUP_HELP)
    .action((client: ClientName, config: string | undefined, options: { url?: string }) =>
      end(commands.setup(client, { config, url: options.url })),
    );
}

function addHealthcheck(program: Command, commands: Commands, end: (code: ExitCode) => void): void {
  program
    .command('healthcheck')
    .description('ask the running mirror, on this machine, whether it is there')
    .argument('[config]', 'the config.yml that the mirror runs with')
    .addHelpText('after', HEALTHCHECK_HELP)
    .action(async (path: string | undefined) => end(await commands.healthcheck(path)));
}

const SERVE_HELP = `
Without a file it reads REGISTRY_CONFIGURATION_PATH, /etc/distribution/config.yml or
/etc/docker/registry/config.yml, and REGISTRY_* variables override what they say. With none of
them it mirrors Docker Hub on port 5000 and keeps images in /var/lib/registry, or where that
cannot be written, in the user's cache directory.

Exit codes: 0 stopped as asked, 1 unexpected failure, 2 wrong command line or configuration,
3 the storage cannot be used, 4 the address cannot be listened on.
`;

const VERIFY_HELP = `
The mirror may be running meanwhile. Damaged blobs are set aside in kagami/quarantine; orphans,
broken links and unfinished uploads are removed.

Exit codes: 0 all is well, or mended; 1 something is wrong; 2 wrong command line or configuration;
3 the storage cannot be used.
`;

const CONFIG_HELP = `
The file and the variables are those that kagami serve would read. Secrets are not printed; warnings
go to standard error.

Exit codes: 0 all is well; 2 wrong command line or configuration.
`;

const SETUP_HELP = `
The file itself goes to standard output, and where it belongs to standard error. podman is for Buildah,
Skopeo and CRI-O, too; containerd for Kubernetes and nerdctl.

Exit codes: 0 printed; 2 wrong command line or configuration, or the client cannot use such a mirror.
`;

const LS_HELP = `
OWN is what no other image shares, and would be free without it. AGE is since it was stored; a
running mirror writes down within a minute when an image was pulled. Nothing is changed.

Exit codes: 0 listed; 2 wrong command line or configuration; 3 the storage cannot be used.
`;

const PRUNE_HELP = `
With patterns alone, all goes that they name; without anything, what the mirror would remove by
itself: see proxy.ttl and proxy.cache.maxsize. What proxy.cache.keep names stays in any case, and a
layer as long as an image needs it. The mirror may be running meanwhile; it writes down within a
minute when an image was pulled, and what it has in memory it may serve for some minutes more.

Exit codes: 0 done; 1 something could not be removed, or more is left than may be; 2 wrong command
line or configuration; 3 the storage cannot be used.
`;

const HEALTHCHECK_HELP = `
It asks for /healthz at http.addr, for at most five seconds. A mirror that wants certificates of all its
clients is taken for healthy when it asks for one.

Exit codes: 0 it answers; 1 it does not, or the configuration is wrong.
`;
