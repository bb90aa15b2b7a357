import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { createAuthority } from '../../../src/lab/kube/certificates.ts';
import {
  parseZoneCertificates,
  readingScript,
  zoneCertificates,
} from '../../../src/resources/control-plane/zone-certificates.command.ts';
import { host, NOW, ok, zone } from '../../support/inventory.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const read = (name: string) =>
  parseZoneCertificates(readFixture(`control-plane/zone-certificates/${name}`));

test('reads the arguments that name files, and the certificates in those files', () => {
  const { value, complaints } = read('omnios.txt');
  expect(complaints).toEqual([]);
  expect(value.map(({ zone: name, kind }) => [name, kind])).toEqual([
    ['etcd1', 'etcd'],
    ['k8sched1', 'kube-scheduler'],
  ]);
  expect(Object.fromEntries(value[0]?.arguments ?? [])).toEqual({
    'cert-file': '/etc/etcd/pki/server.crt',
    'key-file': '/etc/etcd/pki/server.key',
    'trusted-ca-file': '/etc/etcd/pki/ca.crt',
    'peer-cert-file': '/etc/etcd/pki/peer.crt',
    'listen-client-urls': 'https://0.0.0.0:2379',
    'listen-metrics-urls': 'http://127.0.0.1:2381',
  });
  expect(
    value.flatMap(({ certificates }) =>
      certificates.map(({ path, certificate }) => [path, certificate.subject, certificate.issuer]),
    ),
  ).toEqual([
    ['/etc/etcd/pki/server.crt', 'etcd1', 'etcd-ca'],
    ['/etc/etcd/pki/ca.crt', 'etcd-ca', 'etcd-ca'],
    ['/etc/etcd/pki/peer.crt', 'etcd1', 'etcd-ca'],
    ['/etc/kubernetes/scheduler.conf', 'system:kube-scheduler', 'kubernetes'],
  ]);
  expect(value[0]?.certificates[0]?.certificate).toMatchObject({
    names: ['localhost', '127.0.0.1', 'etcd1', '10.128.0.102'],
  });
});

test('what is cut off, is no certificate or of no component is left out', () => {
  const { value, complaints } = read('troubled-crlf-and-cut-off.txt');
  expect(value.map(({ zone: name, certificates }) => [name, certificates])).toEqual([
    ['etcd2', []],
    ['apisrv2', []],
  ]);
  // An argument counts more than the environment, and one without a value is none.
  expect(Object.fromEntries(value[0]?.arguments ?? [])).toEqual({
    'cert-file': '/x.crt',
    'key-file': '/env.key',
  });
  expect(complaints.map(({ text }) => text)).toEqual([
    'zlogin: some notice before any mark',
    'what is this',
  ]);
});

test('takes any text', () => {
  fc.assert(
    fc.property(hostileText('control-plane/zone-certificates'), (any) => {
      for (const { certificates } of parseZoneCertificates(any).value)
        for (const { path, certificate } of certificates) {
          expect(path).toMatch(/^\//);
          expect(Number.isFinite(certificate.notAfter)).toBe(true);
        }
    }),
  );
});

const running = host('omni1', {
  zones: [zone('etcd1'), zone('dns1')],
  feeds: {
    zoneComponents: ok([{ zone: 'etcd1', kind: 'etcd', state: 'ok', reason: null, etcd: null }]),
    processes: ok(
      new Map([
        [
          'etcd1',
          {
            count: 1,
            programs: ['etcd'],
            top: [
              {
                pid: 4711,
                user: 'kube',
                hostCpuPercent: 1,
                rssKib: 1,
                elapsedSeconds: 9,
                command: '/opt/local/bin/etcd',
              },
            ],
          },
        ],
      ]),
    ),
  },
});

test('asks within the zones of components, by the process that runs there, and again when it is another', () => {
  const question = zoneCertificates.question(running) ?? [];
  expect(question).toHaveLength(2);
  expect(question[1]?.slice(0, 3)).toEqual(['pfexec', '/usr/sbin/zlogin', 'etcd1']);
  expect(question[1]?.[3]).toContain('pargs -ae 4711 ');
  expect(zoneCertificates.follows?.(running)).toBe('etcd1 4711');
  expect(zoneCertificates.question(host('omni1', { zones: [zone('dns1')] }))).toBeUndefined();
});

test('when its process has ended, the files that it named are read still, and how it was started is known', () => {
  const [told] = read('omnios.txt').value;
  if (!told) throw new Error('no zone');
  const ended = host('omni1', {
    zones: [zone('etcd1')],
    feeds: {
      zoneComponents: ok([
        { zone: 'etcd1', kind: 'etcd', state: 'refused', reason: null, etcd: null },
      ]),
      zoneCertificates: ok([
        {
          ...told,
          certificates: [
            ...told.certificates,
            ...told.certificates.map((each) => ({ ...each, path: '/etc/$(reboot).crt' })),
          ],
        },
      ]),
    },
  });
  const script = zoneCertificates.question(ended)?.[1]?.[3];
  expect(script).toContain(
    ') /etc/etcd/pki/server.crt /etc/etcd/pki/ca.crt /etc/etcd/pki/peer.crt /etc/kubernetes/pki/*.crt',
  );
  expect(script).not.toContain('reboot');
  const times = { previous: NOW - 60_000, next: NOW };
  const next = { ...told, arguments: new Map<string, string>() };
  expect(zoneCertificates.fold?.([told], [next], times)[0]?.arguments).toBe(told.arguments);
});

test('no key leaves a zone, and of arguments and environment only what is needed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'labtop-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const authority = createAuthority('etcd-ca', { notBeforeMs: NOW, notAfterMs: NOW + 1e9 });
  const { certificate, key } = authority.issueServer('etcd1', ['etcd1'], {
    notBeforeMs: NOW,
    notAfterMs: NOW + 1e9,
  });
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const paths = {
    both: file('both.pem', `${key}${certificate}${key}`),
    // Its end is missing, so that what follows might be taken for a part of it.
    cut: file('cut.pem', certificate.replace(/-----END[^]*/, '')),
    key: file('key.pem', key),
    config: file(
      'scheduler.conf',
      `    client-certificate-data: ${base64(certificate)}\n    client-key-data: ${base64(key)}\n    token: hunter2\n`,
    ),
  };
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(
    join(bin, 'pargs'),
    `#!/bin/sh
cat <<'END'
4711:	/opt/local/bin/etcd --password=hunter2
argv[0]: /opt/local/bin/etcd
argv[1]: --cert-file=${paths.both}
argv[2]: --trusted-ca-file
argv[3]: ${paths.cut}
argv[4]: --key-file=${paths.key}
argv[5]: --peer-key-file=${paths.key}
argv[6]: --kubeconfig=${paths.config}
argv[7]: --password=hunter2
argv[8]: --tls-private-key-file=${paths.key}
argv[9]: --proxy-certificate=${paths.key}

envp[0]: SECRET=hunter2
END
`,
  );
  chmodSync(join(bin, 'pargs'), 0o755);
  const script = readingScript(4711).replace(/^PATH=[^;]*/, `PATH=${bin}:/usr/bin:/bin`);
  const stdout = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
  expect(stdout).not.toContain('hunter2');
  for (const line of key.split('\n').filter((text) => text !== '' && !text.startsWith('-')))
    expect(stdout).not.toContain(line);
  expect(stdout).not.toContain(base64(key).slice(0, 60));
  const { value } = parseZoneCertificates(`=== labtop: certificates etcd etcd1\n${stdout}`);
  expect(value[0]?.certificates.map(({ path }) => path)).toEqual([paths.both, paths.config]);
  expect(value[0]?.arguments.get('cert-file')).toBe(paths.both);
  expect(value[0]?.arguments.get('trusted-ca-file')).toBe(paths.cut);
});

/** What the script prints for a process whose pargs(1) prints those lines, or that has none. */
function readZone(pargsLines: readonly string[] | null, pid = 4711): ReturnType<typeof read> {
  const bin = mkdtempSync(join(tmpdir(), 'labtop-test-'));
  onTestFinished(() => rmSync(bin, { recursive: true }));
  writeFileSync(
    join(bin, 'pargs'),
    pargsLines === null
      ? '#!/bin/sh\nexit 127\n'
      : `#!/bin/sh\ncat <<'END'\n${pargsLines.join('\n')}\nEND\n`,
  );
  chmodSync(join(bin, 'pargs'), 0o755);
  const script = readingScript(pid).replace(/^PATH=[^;]*/, `PATH=${bin}:/usr/bin:/bin`);
  const stdout = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
  return parseZoneCertificates(`=== labtop: certificates etcd etcd1\n${stdout}`);
}

test('a configuration file of etcd tells what arguments would, and counts alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'labtop-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const validity = { notBeforeMs: NOW, notAfterMs: NOW + 1e9 };
  const { certificate } = createAuthority('etcd-ca', validity).issueServer('e', ['e'], validity);
  const [crt, config] = [join(folder, 'server.crt'), join(folder, 'etcd.yml')];
  writeFileSync(crt, certificate);
  writeFileSync(
    config,
    `# etcd
name: 'etcd1'
data-dir: /var/lib/etcd
listen-client-urls: "https://10.0.48.1:2379,https://127.0.0.1:2379"   # clients
listen-metrics-urls: http://127.0.0.1:2381
initial-cluster: etcd1=https://10.0.48.1:2380,etcd2=https://10.0.48.2:2380
auth-token: jwt,pub-key=/x,priv-key=hunter2
enable-grpc-gateway: false
client-transport-security:
  cert-file: '${crt}'
  key-file: /etc/etcd/server.key
  client-cert-auth: true
peer-transport-security:
  cert-file: /etc/etcd/peer.crt
`,
  );
  for (const named of [
    [`argv[1]: --config-file=${config}`],
    ['argv[1]: --config-file', `argv[2]: ${config}`],
    ['', `envp[0]: ETCD_CONFIG_FILE=${config}`],
  ]) {
    const [told] = readZone([...named, 'argv[9]: --listen-client-urls=http://1.2.3.4:1']).value;
    expect(Object.fromEntries(told?.arguments ?? [])).toEqual({
      'listen-client-urls': 'https://10.0.48.1:2379,https://127.0.0.1:2379',
      'listen-metrics-urls': 'http://127.0.0.1:2381',
      'initial-cluster': 'etcd1=https://10.0.48.1:2380,etcd2=https://10.0.48.2:2380',
      'enable-grpc-gateway': 'false',
      'cert-file': crt,
      'key-file': '/etc/etcd/server.key',
      'peer-cert-file': '/etc/etcd/peer.crt',
    });
    expect(told?.certificates.map(({ path }) => path)).toEqual([crt]);
  }
});

test('without pargs(1), as in a zone of brand lx, /proc tells the arguments', async () => {
  const child = spawn(
    process.execPath,
    [
      '-e',
      'console.log(1); setInterval(() => {}, 1000)',
      '--',
      '--etcd-servers=https://10.0.48.1:2379',
      '--etcd-servers-overrides',
      '/events#https://10.0.48.9:2379',
      '--token=hunter2',
    ],
    { env: { ETCD_INITIAL_CLUSTER: 'a=http://10.0.48.1:2380', ETCD_PASSWORD: 'hunter2' } },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const [told] = readZone(null, child.pid).value;
  expect(Object.fromEntries(told?.arguments ?? [])).toEqual({
    'etcd-servers': 'https://10.0.48.1:2379',
    'etcd-servers-overrides': '/events#https://10.0.48.9:2379',
    'initial-cluster': 'a=http://10.0.48.1:2380',
  });
});

test('a kubeconfig tells where it leads, and by which CA', () => {
  const folder = mkdtempSync(join(tmpdir(), 'labtop-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const config = join(folder, 'scheduler.conf');
  const { certificate } = createAuthority('kubernetes', {
    notBeforeMs: NOW,
    notAfterMs: NOW + 1e9,
  });
  const bundle = Buffer.from(certificate).toString('base64');
  writeFileSync(
    config,
    `clusters:\n- cluster:\n    certificate-authority-data: ${bundle}\n    server: https://10.128.0.60:6443\n`,
  );
  const [told] = readZone([`argv[1]: --kubeconfig=${config}`]).value;
  expect(told?.servers).toEqual(['https://10.128.0.60:6443']);
  expect(told?.authorities).toMatchObject([{ subject: 'kubernetes', issuer: 'kubernetes' }]);
  // It is no certificate of the zone.
  expect(told?.certificates).toEqual([]);
});
