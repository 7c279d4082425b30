import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { Program } from '../program.ts';
import { requirePrograms } from './installed.ts';

const OURS = new URL('../../../deploy/nginx/kagami.conf', import.meta.url);

export interface NginxOptions {
  /** An empty directory of its own. */
  directory: string;
  /** `host:port` of the mirror. */
  upstream: string;
  /** Paths of files. */
  certificate: string;
  key: string;
  passwords: string;
}

export interface Nginx {
  readonly url: string;
  stop(): Promise<void>;
}

/** nginx with the configuration that comes with Kagami; only its places are others. */
export async function startNginx(options: NginxOptions): Promise<Nginx> {
  requirePrograms(['nginx']);
  const { directory } = options;
  const port = await freePort();
  const ours = replaced(await readFile(OURS, 'utf8'), [
    ['server 127.0.0.1:5000;', `server ${options.upstream};`],
    ['listen 443 ssl;', `listen 127.0.0.1:${port} ssl;`],
    ['listen [::]:443 ssl;', ''],
    ['/etc/nginx/kagami.pem', options.certificate],
    ['/etc/nginx/kagami.key', options.key],
    [
      'auth_basic_user_file /etc/nginx/kagami.htpasswd',
      `auth_basic_user_file ${options.passwords}`,
    ],
  ]);
  await mkdir(join(directory, 'temporary'));
  const file = join(directory, 'nginx.conf');
  await writeFile(file, around(ours, join(directory, 'temporary')));
  const program = new Program('nginx', ['-p', directory, '-c', file, '-e', 'stderr']);
  await program.until('it ran', ({ stderr }) => /start worker process/.exec(stderr)?.[0]);
  const url = `https://127.0.0.1:${port}`;
  return { url, stop: async () => void (await program.stop()) };
}

/** What the distribution's nginx.conf has around it, as far as it matters. */
function around(ours: string, temporary: string): string {
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const paths = kinds.map((kind) => `${kind}_temp_path ${temporary};`).join('\n');
  return `user root;
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
    if (!before.includes(place)) throw new Error(`kagami.conf does not say ${place}`);
    return before.replace(place, instead);
  }, text);
}
