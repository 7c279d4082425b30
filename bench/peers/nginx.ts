import type { PeerKind } from './peer.ts';

/** Workers of a master that runs as root are somebody else, who may not write to our directory. */
export const USER: string = process.getuid?.() === 0 ? 'user root;' : '';

/**
 * nginx with a proxy cache that is set up well for a registry: one download for many (with time
 * enough for large layers, unlike by default), what has a digest kept for ever, tags for ten
 * minutes, files kept open, connections kept. It cannot fetch tokens by itself, and signed links
 * would be cached in place of blobs; so its Hub needs no tokens and sends blobs itself.
 */
export const nginx: PeerKind = {
  name: 'nginx',
  debianPackage: 'nginx',
  program: 'nginx',
  versionCommand: ['nginx', '-v'],
  speaksToTheHub: false,
  configuration: (upstream, { directory, store, port }) => `${USER}
daemon off;
pid ${directory}/pid;
error_log stderr error;
worker_processes auto;
worker_rlimit_nofile 16384;
events { worker_connections 4096; }
http {
  access_log /dev/null combined;
  client_body_temp_path ${directory}/temporary;
  proxy_temp_path ${directory}/temporary;
  fastcgi_temp_path ${directory}/temporary;
  uwsgi_temp_path ${directory}/temporary;
  scgi_temp_path ${directory}/temporary;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  open_file_cache max=1000 inactive=60s;
  proxy_cache_path ${store} levels=1:2 keys_zone=images:16m max_size=32g inactive=7d
    use_temp_path=off;
  upstream hub { server ${new URL(upstream).host}; keepalive 32; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location = /v2/ { return 200 '{}'; }
    location /v2/ {
      proxy_pass http://hub;
      proxy_http_version 1.1;
      proxy_set_header Connection '';
      proxy_set_header Accept $http_accept;
      proxy_cache images;
      proxy_cache_key $uri;
      proxy_cache_valid 200 10m;
      proxy_cache_lock on;
      proxy_cache_lock_timeout 15m;
      proxy_cache_lock_age 15m;
      proxy_cache_use_stale error timeout updating;
      proxy_cache_background_update on;
      proxy_read_timeout 15m;
    }
    location ~ sha256: {
      proxy_pass http://hub;
      proxy_http_version 1.1;
      proxy_set_header Connection '';
      proxy_set_header Accept $http_accept;
      proxy_cache images;
      proxy_cache_key $uri;
      proxy_cache_valid 200 365d;
      proxy_cache_lock on;
      proxy_cache_lock_timeout 15m;
      proxy_cache_lock_age 15m;
      proxy_read_timeout 15m;
    }
  }
}
`,
  command: (file) => ['nginx', '-e', 'stderr', '-c', file],
};
