import * as assert from 'uvu/assert';
import { CONFIGURATION_INDEX } from '../../../src/app/config/configuration.ts';
import { testSuite } from '../../support/suite.ts';
import { load, mistakes } from './load.ts';

/** The file of the image `registry:2`, with the upstream that makes it a mirror. */
const IMAGE_2 = `version: 0.1
log:
  fields:
    service: registry
storage:
  cache:
    blobdescriptor: inmemory
  filesystem:
    rootdirectory: /var/lib/registry
http:
  addr: :5000
  headers:
    X-Content-Type-Options: [nosniff]
health:
  storagedriver:
    enabled: true
    interval: 10s
    threshold: 3
proxy:
  remoteurl: https://registry-1.docker.io
`;

/** All keys that a mirror's registry may have, except those that are refused here. */
const EVERYTHING = `version: 0.1
log:
  level: info
  formatter: json
  fields: {service: registry, environment: test}
  accesslog: {disabled: true}
  reportcaller: true
  hooks:
    - type: mail
      disabled: true
      levels: [panic]
      options:
        smtp: {addr: mail.example.com:25, username: me, password: hunter2, insecure: true}
        from: a@example.com
        to: [b@example.com]
loglevel: debug
proxy:
  remoteurl: https://registry-1.docker.io
  username: me
  password: hunter2
  exec: {command: docker-credential-helper, lifetime: 1h}
  ttl: 24h
  cachewritetimeout: 1m
  tags: {timeout: 5s}
storage:
  filesystem: {rootdirectory: /srv/registry, maxthreads: "50"}
  redirect: {disable: true}
  delete: {enabled: true}
  maintenance:
    uploadpurging: {enabled: true, age: 24h, interval: 1h, dryrun: false}
    readonly: {enabled: true}
  cache: {blobdescriptor: redis, layerinfo: redis, blobdescriptorsize: 5}
  tag: {concurrencylimit: 8}
http:
  addr: 127.0.0.1:5001
  net: tcp
  host: https://mirror.example
  prefix: /registry/
  secret: hunter2
  relativeurls: true
  draintimeout: 60s
  headers: {X-Content-Type-Options: [nosniff]}
  http2: {disabled: false}
  h2c: {enabled: true}
  debug: {addr: ":5001", prometheus: {enabled: true, path: /metrics}}
auth: {none: {}}
catalog: {maxentries: 10}
tags: {maxtags: 20}
health:
  storagedriver: {enabled: true, interval: 10s, threshold: 3}
  file: [{file: /tmp/x, interval: 10s, threshold: 1}]
  http: [{uri: "http://a", headers: {A: [b]}, statuscode: 200, timeout: 3s, interval: 1s, threshold: 1}]
  tcp: [{addr: "a:1", timeout: 3s, interval: 1s, threshold: 1}]
redis:
  addrs: [localhost:6379]
  username: me
  password: hunter2
  db: 0
  dialtimeout: 10ms
  poolsize: 16
  tls: {certificate: /a, key: /b, rootcas: [/c]}
notifications:
  events: {includereferences: true}
  endpoints:
    - name: a
      disabled: false
      url: https://a.example
      headers: {Authorization: [hunter2]}
      timeout: 1s
      threshold: 10
      backoff: 1s
      ignoredmediatypes: [a/b]
      ignore: {mediatypes: [a/b], actions: [pull]}
middleware:
  registry: [{name: a, options: {b: hunter2}}]
validation:
  disabled: true
  manifests:
    urls: {allow: [a], deny: [b]}
    indexes: {platforms: list, platformlist: [{architecture: amd64, os: linux}]}
policy: {repository: {classes: [image]}}
reporting: {bugsnag: {apikey: hunter2}, newrelic: {licensekey: hunter2, name: a, verbose: true}}
compatibility: {schema1: {enabled: true, signingkeyfile: /a}}
`;

const WITHOUT_EFFECT = [
  'log.reportcaller (config.yml:7:3)',
  'log.hooks (config.yml:8:3)',
  'proxy.exec (config.yml:21:3)',
  'proxy.cachewritetimeout (config.yml:23:3)',
  'storage.filesystem.maxthreads (config.yml:26:46)',
  'storage.maintenance.uploadpurging (config.yml:30:5)',
  'storage.cache.blobdescriptor (config.yml:32:11)',
  'storage.cache.layerinfo (config.yml:32:34)',
  'storage.cache.blobdescriptorsize (config.yml:32:52)',
  'storage.tag.concurrencylimit (config.yml:33:9)',
  'http.secret (config.yml:39:11)',
  'http.h2c.enabled (config.yml:44:9)',
  'http.debug (config.yml:45:3)',
  'health.storagedriver (config.yml:50:3)',
  'health.file (config.yml:51:3)',
  'health.http (config.yml:52:3)',
  'health.tcp (config.yml:53:3)',
  'redis (config.yml:54:1)',
  'notifications (config.yml:62:1)',
  'middleware (config.yml:74:1)',
  'validation (config.yml:76:1)',
  'policy (config.yml:81:1)',
  'reporting (config.yml:82:1)',
  'compatibility (config.yml:83:1)',
];

const EFFECT = 'These settings are understood but have no effect in this version: ';

testSuite("the registry's own files are taken", (it) => {
  it('that of the image needs one warning', () => {
    const { config, warnings } = load(IMAGE_2);
    assert.equal(warnings, [`${EFFECT}health.storagedriver (config.yml:15:3).`]);
    assert.equal(config.storage, { driver: 'filesystem', rootDirectory: '/var/lib/registry' });
    assert.equal(config.http.headers, { 'X-Content-Type-Options': ['nosniff'] });
  });

  it('every key is known, and those without effect are named in one warning', () => {
    const [unmet = '', warning = '', ...others] = load(EVERYTHING).warnings;
    assert.match(unmet, /^storage\.delete\.enabled has no effect without/);
    assert.equal(others, []);
    assert.ok(warning.startsWith(EFFECT));
    assert.equal(warning.slice(EFFECT.length, -1).split(', ').sort(), WITHOUT_EFFECT.toSorted());
  });

  it('no secret of it is in a warning', () => {
    assert.not.match(load(EVERYTHING).warnings.join(), 'hunter2');
  });

  it('every key of the file is in the schema, with its variable', () => {
    const known = new Map(CONFIGURATION_INDEX.fields.map(({ key, variable }) => [key, variable]));
    assert.is(known.get('health.file'), 'REGISTRY_HEALTH_FILECHECKERS');
    assert.is(known.get('proxy.remoteurl'), 'REGISTRY_PROXY_REMOTEURL');
    assert.is(known.get('storage.s3.secretkey'), 'REGISTRY_STORAGE_S3_SECRETKEY');
    // The rule splits at each _, so that no variable leads here.
    assert.is(known.get('storage.azure.max_retries'), undefined);
  });

  it('a redis of registry 2.x is taken too', () => {
    const yaml = `${IMAGE_2}redis: {addr: "a:1", pool: {maxidle: 1, maxactive: 2, idletimeout: 1s}}\n`;
    assert.equal(mistakes(yaml), []);
  });
});
