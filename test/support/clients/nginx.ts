import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { Program } from '../program.ts';
import { requirePrograms } from './installed.ts';

const OURS = new URL('../../../deploy/nginx/', import.meta.url);

export type NginxConfiguration = 'kagami.conf' | 'kagami-accel.conf';

export interface NginxOptions {
  configuration: NginxConfiguration;
  /** An empty directory of its own. */
  directory: string;
  /** `host:port` of the mirror. */
  upstream: string;
  /** Paths of files. */
  certificate: string;
  key: string;
  passwords: string;
  /** The mirror's storage directory. */
  storage: string;
  /** User and group of its workers; root, unless told. */
  user?: string;
}

export interface Nginx {
  readonly url: string;
  /** What it has logged, without what it does at its start. */
  readonly errors: readonly string[];
  stop(): Promise<void>;
}

/** nginx with the configuration that comes with Kagami; only its places are others. */
export async function startNginx(options: NginxOptions): Promise<Nginx> {
  requirePrograms(['nginx']);
  const { directory } = options;
  const port = await freePort();
  const accelerated = options.configuration === 'kagami-accel.conf';
  const ours = replaced(await readFile(new URL(options.configuration, OURS), 'utf8'), [
    ['server 127.0.0.1:5000;', `server ${options.upstream};`],
    ['listen 443 ssl;', `listen 127.0.0.1:${port} ssl;`],
    ['listen [::]:443 ssl;', ''],
    ['/etc/nginx/kagami.pem', options.certificate],
    ['/etc/nginx/kagami.key', options.key],
    [
      'auth_basic_user_file /etc/nginx/kagami.htpasswd',
      `auth_basic_user_file ${options.passwords}`,
    ],
    ...(accelerated ? [['alias /var/lib/registry/;', `alias ${options.storage}/;`] as const] : []),
  ]);
  await mkdir(join(directory, 'temporary'));
  const file = join(directory, 'nginx.conf');
  await writeFile(file, around(ours, options.user ?? 'root', join(directory, 'temporary')));
  const program = new Program('nginx', ['-p', directory, '-c', file, '-e', 'stderr']);
  await program.until('it ran', ({ stderr }) => /start worker process/.exec(stderr)?.[0]);
  const url = `https://127.0.0.1:${port}`;
  return {
    url,
    get errors() {
      return program.stderr
        .split('\n')
        .filter((line) => / \[(warn|error|crit|alert)\] /.test(line));
    },
    stop: async () => void (await program.stop()),
  };
}

/** What the distribution's nginx.conf has around it, as far as it matters. */
function around(ours: string, user: string, temporary: string): string {
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const paths = kinds.map((kind) => `${kind}_temp_path ${temporary};`).join('\n');
  return `user ${user};
daemon off;
pid ${temporary}/pid;
error_log stderr notice;
events {}
http {
access_log off;
${paths}
${ours}
}
`;
}

/** Fails if one of them is not there any more. */
function replaced(text: string, places: readonly (readonly [string, string])[]): string {
  return places.reduce((before, [place, instead]) => {
    if (!before.includes(place)) throw new Error(`the configuration does not say ${place}`);
    return before.replace(place, instead);
  }, text);
}
