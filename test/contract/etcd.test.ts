import { execFile, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createEtcdPorts } from '../../src/collect/kube/etcd-ports.ts';
import { createAuthority } from '../../src/lab/kube/certificates.ts';
import { askEtcd, hasNoGateway } from '../../src/resources/control-plane/etcd-api.ts';
import { parseZoneComponents } from '../../src/resources/control-plane/zone-components.command.ts';
import { temporaryFolder } from '../collect/kube/observed-cluster.ts';
import { freePort } from '../support/free-port.ts';

const endings: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const pathOf = (program: string): string | undefined =>
  [process.env['KUBEBUILDER_ASSETS'] ?? '', ...(process.env['PATH'] ?? '').split(delimiter)]
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path));
const [etcd, curl, etcdctl] = [pathOf('etcd'), pathOf('curl'), pathOf('etcdctl')];

/** A member of one, whose clients need a certificate; and the arguments that it was started with. */
async function startEtcd(program: string, more: readonly string[] = []) {
  const folder = temporaryFolder();
  endings.push(folder.drop);
  const validity = { notBeforeMs: Date.now() - 3_600_000, notAfterMs: Date.now() + 86_400_000 };
  const authority = createAuthority('etcd-ca', validity);
  const own = authority.issuePeer('etcd1', ['localhost', '127.0.0.1'], validity);
  const file = (name: string, text: string): string => {
    const path = join(folder.path, name);
    writeFileSync(path, text);
    return path;
  };
  const [client, peer, metrics] = [await freePort(), await freePort(), await freePort()];
  const args = new Map([
    ['listen-client-urls', `https://127.0.0.1:${client}`],
    ['listen-metrics-urls', `http://127.0.0.1:${metrics}`],
    ['cert-file', file('server.crt', own.certificate)],
    ['key-file', file('server.key', own.key)],
  ]);
  const child = spawn(
    program,
    [
      '--name=etcd1',
      `--data-dir=${join(folder.path, 'data')}`,
      `--listen-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-cluster=etcd1=http://127.0.0.1:${peer}`,
      `--advertise-client-urls=https://127.0.0.1:${client}`,
      `--trusted-ca-file=${file('ca.crt', authority.certificate)}`,
      '--client-cert-auth',
      ...more,
      ...Array.from(args, ([name, value]) => `--${name}=${value}`),
    ],
    { stdio: 'ignore' },
  );
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  endings.push(async () => {
    child.kill('SIGKILL');
    await gone;
  });
  return args;
}

/** What a zone's shell makes of the words behind `zlogin ZONE`. */
const ask = (args: ReadonlyMap<string, string>, hasGateway?: boolean): Promise<string> =>
  new Promise((resolve) => {
    const [, , , , ...words] = askEtcd('etcd1', args, hasGateway);
    const path = [dirname(etcdctl ?? ''), process.env['PATH']].join(delimiter);
    execFile(
      'sh',
      ['-c', [curl, ...words].join(' ')],
      { env: { ...process.env, PATH: path } },
      (_, stdout) => resolve(stdout),
    );
  });
const read = async (args: ReadonlyMap<string, string>, hasGateway?: boolean) =>
  parseZoneComponents(`=== labtop: component etcd etcd1\n${await ask(args, hasGateway)}`).value[0];
/** Reads until that is told: a machine that stalls runs into the limits of a zone. */
async function told(expected: object, ...asked: Parameters<typeof read>) {
  let last: Awaited<ReturnType<typeof read>>;
  await expect.poll(async () => (last = await read(...asked))).toMatchObject(expected);
  return last?.etcd;
}

test.skipIf(etcd === undefined || curl === undefined)(
  'a real member tells its clients term, members and alarms, and shows its certificate to all',
  async () => {
    const args = await startEtcd(etcd ?? '');
    const expected = {
      hasLeader: true,
      isLeader: true,
      isLearner: false,
      alarms: [],
      apiReason: null,
      peers: [{ name: 'etcd1', clientUrls: [args.get('listen-client-urls')], isLearner: false }],
    };
    const member = await told({ state: 'ok', etcd: expected }, args);
    expect(member?.leaderId).toBe(member?.id);
    expect(member?.peers?.[0]?.id).toBe(member?.id);
    expect(member?.term).toBeGreaterThan(0);
    expect(member?.applied).toBeLessThanOrEqual(member?.committed ?? 0);

    // Without a certificate its metrics tell what they can.
    const poor = new Map([...args].filter(([name]) => !name.endsWith('-file')));
    const apiReason = 'it takes no client without a certificate, or with that of the member';
    await told({ state: 'ok', etcd: { isLeader: true, term: null, apiReason } }, poor);
    const ports = createEtcdPorts({
      targets: () => [{ member: 'etcd1', url: args.get('listen-client-urls') ?? '' }],
      limitMs: 60_000,
      intervalMs: 1000,
      clock: Date.now,
      signal: new AbortController().signal,
    });
    await ports.look(null);
    expect(ports.present()).toMatchObject([
      { member: 'etcd1', state: 'answers', certificate: { subject: 'etcd1', issuer: 'etcd-ca' } },
    ]);
  },
);

test.skipIf(etcd === undefined || curl === undefined || etcdctl === undefined)(
  'a real member without its gateway says so, and etcdctl tells the same in its place',
  async () => {
    const args = await startEtcd(etcd ?? '', ['--enable-grpc-gateway=false']);
    const before = await told({ state: 'ok', etcd: { id: expect.any(String) as string } }, args);
    expect(hasNoGateway(before)).toBe(true);
    const expected = {
      isLeader: true,
      alarms: [],
      apiReason: null,
      isByCtl: true,
      id: before?.id,
      peers: [{ name: 'etcd1', clientUrls: [args.get('listen-client-urls')] }],
    };
    const byCtl = await told({ etcd: expected }, args, false);
    expect(byCtl?.leaderId).toBe(byCtl?.id);
    expect(byCtl?.clusterId).toMatch(/^[0-9a-f]{8,16}$/);
  },
);
