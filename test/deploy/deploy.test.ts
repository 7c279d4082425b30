import { readFile } from 'node:fs/promises';
import * as assert from 'uvu/assert';
import { parse, parseAllDocuments } from 'yaml';
import { load } from '../app/config/load.ts';
import { testSuite } from '../support/suite.ts';

const read = (path: string): Promise<string> => readFile(path, 'utf8');

/** What the Dockerfile says behind an instruction, the last time. */
function said(dockerfile: string, instruction: string): string {
  const lines = dockerfile.replaceAll('\\\n', '').split('\n');
  const line = lines.findLast((each) => each.startsWith(`${instruction} `));
  return line?.slice(instruction.length + 1) ?? '';
}

interface Compose {
  services: {
    kagami: {
      ports: string[];
      environment: Record<string, string>;
      volumes: string[];
      user: string;
      read_only: boolean;
      stop_grace_period: string;
    };
  };
}

interface Probe {
  httpGet: { path: string; port: string };
}

interface StatefulSet {
  kind: string;
  spec: {
    template: {
      spec: {
        terminationGracePeriodSeconds: number;
        securityContext: { runAsUser: number; runAsGroup: number; fsGroup: number };
        containers: [
          {
            env: { name: string; value: string }[];
            ports: [{ name: string; containerPort: number }];
            startupProbe: Probe;
            readinessProbe: Probe;
            livenessProbe: Probe;
            securityContext: { readOnlyRootFilesystem: boolean };
            volumeMounts: [{ name: string; mountPath: string }];
          },
        ];
      };
    };
    volumeClaimTemplates: [{ metadata: { name: string } }];
  };
}

interface Service {
  kind: string;
  spec: { ports: [{ port: number; targetPort: string }] };
}

/** Longer than running answers may take to end. */
function isLongEnough(seconds: number): void {
  assert.ok(seconds * 1000 > load('version: 0.1\n').config.http.drainTimeoutMs);
}

testSuite('What comes with Kagami to run it', (it) => {
  const root = '/var/lib/registry';
  let dockerfile: string;
  let user: string;
  let port: string;
  it.beforeEach(async () => {
    dockerfile = await read('Dockerfile');
    [user = ''] = said(dockerfile, 'USER').split(':');
    [port = ''] = said(dockerfile, 'EXPOSE').split(' ');
    assert.match(user, /^[1-9]\d+$/);
  });

  it('the image is configured with what the Dockerfile declares', async () => {
    const { config, warnings } = load(await read('deploy/container/config.yml'));
    assert.equal(config.storage, { driver: 'filesystem', rootDirectory: root });
    assert.equal(config.http.listen, { kind: 'tcp', port: Number(port) });
    assert.equal(warnings, []);
    assert.is(said(dockerfile, 'VOLUME'), root);
    assert.match(dockerfile, `chown ${said(dockerfile, 'USER')} ${root}\n`);
  });

  it('a variable names another storage than the image is configured with', async () => {
    const yaml = await read('deploy/container/config.yml');
    assert.is(load(yaml, { REGISTRY_STORAGE: 'inmemory' }).config.storage.driver, 'inmemory');
  });

  it('the build sees what the Dockerfile copies, and nothing else', async () => {
    const seen = (await read('.dockerignore')).split('\n').filter((line) => line.startsWith('!'));
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)]
      .flatMap(([, names = '']) => names.split(' '))
      .map((name) => `!${name.replace(/^deploy\/container\/.*/, 'deploy/container')}`);
    assert.equal([...new Set(copied)].sort(), seen.sort());
  });

  it('compose.yaml is about that image', async () => {
    const { kagami } = (parse(await read('deploy/compose.yaml')) as Compose).services;
    assert.equal(kagami.ports, [`${port}:${port}`]);
    assert.equal(kagami.volumes, [`registry:${root}`]);
    assert.is(kagami.user, said(dockerfile, 'USER'));
    assert.ok(kagami.read_only);
    isLongEnough(Number.parseInt(kagami.stop_grace_period, 10));
    load('version: 0.1\n', kagami.environment);
  });

  it('kubernetes.yaml is about that image', async () => {
    const documents = parseAllDocuments(await read('deploy/kubernetes.yaml'));
    const [service, set] = documents.map((each) => each.toJS() as unknown) as [
      Service,
      StatefulSet,
    ];
    assert.equal([service.kind, set.kind], ['Service', 'StatefulSet']);
    const pod = set.spec.template.spec;
    const [container] = pod.containers;
    const { runAsUser, runAsGroup, fsGroup } = pod.securityContext;
    assert.equal([runAsUser, runAsGroup, fsGroup].map(String), [user, user, user]);
    assert.is(String(container.ports[0].containerPort), port);
    assert.is(String(service.spec.ports[0].port), port);
    assert.is(service.spec.ports[0].targetPort, container.ports[0].name);
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'] as const) {
      const { httpGet } = container[probe];
      assert.equal(httpGet, { path: '/healthz', port: container.ports[0].name }, probe);
    }
    assert.ok(container.securityContext.readOnlyRootFilesystem);
    const { name } = set.spec.volumeClaimTemplates[0].metadata;
    assert.equal(container.volumeMounts, [{ name, mountPath: root }]);
    isLongEnough(pod.terminationGracePeriodSeconds);
    const variables = container.env.map((each) => [each.name, each.value]);
    load('version: 0.1\n', Object.fromEntries(variables) as Record<string, string>);
  });

  it('the systemd unit keeps images where it may write', async () => {
    const unit = await read('deploy/systemd/kagami.service');
    const value = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(unit)?.[1] ?? '';
    assert.is(`/var/lib/${value('StateDirectory')}`, root);
    isLongEnough(Number(value('TimeoutStopSec')));
  });
});
