import { readFileSync } from 'node:fs';
import { BenchFailure } from '../support/bench-failure.ts';
import { kagami } from './kagami.ts';
import { nginx, USER } from './nginx.ts';
import type { Front, PeerKind, Place } from './peer.ts';

const OURS = new URL('../../deploy/nginx/kagami-accel.conf', import.meta.url);

/** Certificate and passwords: no peer has any. */
const PROTECTION = /^\s*(?:ssl_|auth_basic).*\n/gm;

/** nginx with the configuration that comes with Kagami, over HTTP in clear and open to everyone. */
const front: Front = {
  program: nginx.program,
  configuration: (place, behind) => `${USER}
daemon off;
pid ${place.directory}/pid;
error_log stderr error;
worker_processes auto;
worker_rlimit_nofile 16384;
events { worker_connections 4096; }
http {
  access_log /dev/null combined;
  client_body_temp_path ${place.directory}/temporary;
  proxy_temp_path ${place.directory}/temporary;
  fastcgi_temp_path ${place.directory}/temporary;
  uwsgi_temp_path ${place.directory}/temporary;
  scgi_temp_path ${place.directory}/temporary;
  keepalive_requests 1000000;
${ours(place, behind)}
}
`,
  command: (file) => nginx.command(file),
};

/** @throws BenchFailure if the file has changed, and something else would be measured */
function ours({ store, port }: Place, behind: number): string {
  const places = [
    ['listen 443 ssl;', `listen 127.0.0.1:${port} backlog=4096;`],
    ['listen [::]:443 ssl;', ''],
    ['server 127.0.0.1:5000;', `server 127.0.0.1:${behind};`],
    ['alias /var/lib/registry/;', `alias ${store}/;`],
  ] as const;
  return places.reduce(
    (text, [place, instead]) => {
      if (!text.includes(place)) throw new BenchFailure(`${OURS.pathname} does not say ${place}`);
      return text.replace(place, instead);
    },
    readFileSync(OURS, 'utf8').replaceAll(PROTECTION, ''),
  );
}

const ACCELERATED = `http:
  trustedproxies: [127.0.0.1]
  accel:
    xaccelredirect: /kagami-blobs/
`;

/** Behind nginx, which sends what is stored. */
export const kagamiAccel: PeerKind = {
  ...kagami,
  name: 'kagami-accel',
  configuration: (upstream, place) =>
    kagami.configuration(upstream, place).replace('http:\n', ACCELERATED),
  front,
  cases: ['small-blob', 'many-blobs', 'large-blob'],
};
