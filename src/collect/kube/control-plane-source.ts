import { bracketed, unbracketed } from '../../domain/address.ts';
import type {
  ApiServer,
  ApiServerSample,
  CertificateSighting,
  ControlPlane,
  EtcdTarget,
  LeaderLease,
  LineReader,
  ServerTarget,
} from '../../domain/control-plane.ts';
import type { Feed } from '../../domain/feed.ts';
import type { ClusterSettings } from '../../domain/settings.ts';
import type { EpochMs } from '../../domain/time.ts';
import { createPatchBatch } from '../patch-batch.ts';
import { createApiServerProber } from './api-server-prober.ts';
import type { ApiServerProber } from './api-server-prober.ts';
import { readAuthority, readCertificate } from './authority.ts';
import type { EndpointAnswer } from './endpoint-client.ts';
import { createEtcdPorts } from './etcd-ports.ts';
import { oneLine } from './kube-error.ts';
import type { Access } from './kube-transport.ts';
import { peerCertificate } from './peer-certificate.ts';
import { createServerLooks } from './server-looks.ts';
import { asRecord, asText, parseJson } from './status-error.ts';
import { createAlarm, untilTurn } from './waiting.ts';

/** Asks the parts of one cluster's control plane by themselves, past its watches and its virtual IP. */
export type ControlPlaneSource = {
  readonly start: () => void;
  /** Shortens every wait. */
  readonly retryNow: () => void;
  /** No change is told after it. */
  readonly close: () => Promise<void>;
};

export type ControlPlaneDeps = {
  readonly access: () => Promise<Access>;
  readonly createMetricsReader: () => LineReader<ApiServerSample>;
  /** Addresses of kubelets as `[name of the node, host]`. */
  readonly kubelets: () => readonly (readonly [node: string, host: string])[];
  /** Members of etcd whose ports are looked at. */
  readonly etcd: () => readonly EtcdTarget[];
  /** API servers that zones tell of, for those that nothing else names. */
  readonly apiServers: () => readonly ServerTarget[];
  /** Called at most ten times a second. */
  readonly onChange: (feed: Feed<ControlPlane>) => void;
  readonly intervalSeconds: number;
  readonly clock?: () => EpochMs;
};

const LEASES = ['kube-scheduler', 'kube-controller-manager'] as const;
const LEASE_PATH = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases';
const SLICES_PATH =
  '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dkubernetes';
/** Each API server renews one, since Kubernetes 1.26. */
const IDENTITIES_PATH = `${LEASE_PATH}?labelSelector=apiserver.kubernetes.io%2Fidentity%3Dkube-apiserver`;
const ENDPOINTS_MS = 30_000;
/** What is of another cluster is looked at again so seldom: it may become one of this. */
const STRANGERS_MS = 10 * 60_000;
/** What was an endpoint and is none any more is still asked for so long: it may have died. */
const REMEMBER_MS = 24 * 3_600_000;
/** As often as certificates of API servers are looked at. */
const ETCD_MS = 60_000;
/** Certificates of kubelets and of the kubeconfig change seldom. */
const CERTIFICATES_MS = 10 * 60_000;
const HANDSHAKE_MS = 5_000;
const HANDSHAKES_AT_ONCE = 8;
const FLUSH_MS = 100;

type Known = {
  readonly prober: ApiServerProber;
  readonly from: ApiServer['from'];
  namedAt: number;
};

/** See {@link ControlPlaneSource}. Nothing is connected before `start`. */
export function createControlPlaneSource(
  settings: ClusterSettings,
  deps: ControlPlaneDeps,
): ControlPlaneSource {
  const { access, clock = Date.now } = deps;
  const intervalMs = deps.intervalSeconds * 1000;
  const closing = new AbortController();
  const { signal } = closing;
  const alarm = createAlarm(signal);
  const known = new Map<string, Known>();
  const running: Promise<void>[] = [];
  let vip: ApiServerProber | undefined;
  let frontHost = '';
  let leases: readonly LeaderLease[] = [];
  let leasesAt: EpochMs | null = null;
  let certificates: readonly CertificateSighting[] = [];
  let certificatesAt = Number.NEGATIVE_INFINITY;
  let kubeletsSeen = 0;
  let isFirstRoundOver = false;
  let endpointsAt: EpochMs | null = null;
  let fronts: readonly string[] = [];
  let authority = readAuthority({});
  const identities = new Map<string, number>();
  const looks = createServerLooks({
    limitMs: HANDSHAKE_MS,
    strangersMs: STRANGERS_MS,
    clock,
    signal,
  });
  const batch = createPatchBatch(flush, FLUSH_MS);
  const etcdPorts = createEtcdPorts({
    targets: deps.etcd,
    limitMs: HANDSHAKE_MS,
    intervalMs: ETCD_MS,
    clock,
    signal,
  });

  function flush(): void {
    const at = clock();
    const value: ControlPlane = {
      apiServers: [...known.values()].flatMap(({ prober }) => prober.present() ?? []),
      vip: vip?.present() ?? null,
      leases,
      leasesAt,
      etcdPorts: etcdPorts.present(),
      certificates,
      evidence: {
        fronts,
        endpointsAt,
        identities: [...identities.keys()],
        authorities: authority.certificates,
        isVerified: authority.ca !== undefined,
        looks: looks.present(),
        etcd: settings.etcd,
      },
    };
    deps.onChange({
      status: 'ok',
      value,
      at,
      freshUntil: at + 3 * intervalMs + HANDSHAKE_MS,
      complaints: [],
      durationMs: 0,
    });
  }

  const changed = (): void => {
    if (isFirstRoundOver && !signal.aborted) batch.mark();
  };

  function createProber(url: URL, from: ApiServer['from'], place: string | null): ApiServerProber {
    const { createMetricsReader } = deps;
    const prober = createApiServerProber({
      url,
      from,
      place,
      access,
      intervalMs,
      clock,
      createMetricsReader,
      onChange: changed,
      signal,
    });
    running.push(prober.run());
    return prober;
  }

  function know(url: URL, from: ApiServer['from'], place: string | null = null): void {
    const found = known.get(url.host);
    if (found) found.namedAt = performance.now();
    else if (vip && url.host === frontHost) {
      // What was taken for something in front of API servers is one of them.
      known.set(url.host, { prober: vip, from, namedAt: performance.now() });
      vip = undefined;
    } else
      known.set(url.host, {
        prober: createProber(url, from, place),
        from,
        namedAt: performance.now(),
      });
  }

  /** Whoever is ready answers what is asked of the cluster; the virtual IP first, as others do. */
  async function ask(path: string): Promise<EndpointAnswer | undefined> {
    const ready = [vip, ...[...known.values()].map(({ prober }) => prober)].find(
      (prober) => prober?.present()?.state === 'ok',
    );
    const answer = await ready?.get(path);
    return answer?.status === 200 || answer?.status === 404 ? answer : undefined;
  }

  async function readLeases(): Promise<void> {
    const answers = await Promise.all(LEASES.map((name) => ask(`${LEASE_PATH}/${name}`)));
    const read = answers.map((answer, index) => answer && leaseOf(answer, LEASES[index], clock()));
    if (read.some((lease) => lease === undefined)) return;
    leases = read.flatMap((lease) => lease ?? []);
    leasesAt = clock();
    changed();
  }

  async function readEndpoints(): Promise<void> {
    const [slices, leasesOfServers] = await Promise.all([ask(SLICES_PATH), ask(IDENTITIES_PATH)]);
    for (const name of identitiesIn(parseJson(leasesOfServers?.body ?? '')))
      identities.set(name, performance.now());
    for (const [name, seenAt] of identities)
      if (performance.now() - seenAt >= REMEMBER_MS) identities.delete(name);
    if (!slices) return;
    for (const url of endpointsOf(parseJson(slices.body))) know(url, 'endpoints');
    if (slices.status === 200) endpointsAt = clock();
    changed();
  }

  /** Zones are asked for those that nothing else names, also while nobody answers. */
  async function findServers(): Promise<void> {
    await readEndpoints().catch(() => undefined);
    const { credentials, proxyUrl } = await access();
    authority = readAuthority(credentials.tls);
    const told = deps.apiServers().flatMap(({ url, belongs }) => {
      const parsed = URL.parse(url);
      return parsed ? [{ url: parsed, belongs }] : [];
    });
    const others = new Set(
      told.filter(({ belongs }) => belongs === 'other').map(({ url }) => url.host),
    );
    const isVerified = authority.ca !== undefined;
    for (const { url, belongs } of told)
      if (belongs === 'member' || (belongs === 'candidate' && !isVerified)) know(url, 'zone');
    forget((host, { from, namedAt }) =>
      from === 'zone' && others.has(host)
        ? true
        : (from === 'endpoints' || from === 'zone') && performance.now() - namedAt >= REMEMBER_MS,
    );
    if (!isVerified) return;
    const strangers = told.filter(({ url }) => !known.has(url.host));
    const trusted = await looks.look(
      strangers.map(({ url, belongs }) => ({ url, isOther: belongs === 'other' })),
      authority,
      proxyUrl,
    );
    for (const url of trusted) know(url, 'zone');
    if (strangers.length > 0) changed();
  }

  function forget(isOver: (host: string, known: Known) => boolean): void {
    for (const [host, each] of known) {
      if (!isOver(host, each)) continue;
      each.prober.close();
      known.delete(host);
      changed();
    }
  }

  /** At the start the nodes may not be known yet. */
  const areCertificatesDue = (): boolean =>
    performance.now() - certificatesAt >= CERTIFICATES_MS ||
    (kubeletsSeen === 0 && deps.kubelets().length > 0);

  async function lookAtCertificates({ credentials, proxyUrl }: Access): Promise<void> {
    const own = ownCertificate(credentials.tls.cert, clock());
    const sightings: CertificateSighting[] = own ? [own] : [];
    const kubelets = [...deps.kubelets()];
    certificatesAt = performance.now();
    kubeletsSeen = kubelets.length;
    const look = async (): Promise<void> => {
      for (let next = kubelets.pop(); next && !signal.aborted; next = kubelets.pop()) {
        const [node, hostname] = next;
        const seen = await peerCertificate(
          { hostname, port: String(KUBELET_PORT) },
          undefined,
          clock(),
          HANDSHAKE_MS,
          proxyUrl,
        );
        if (seen)
          sightings.push({
            node,
            address: `${hostname}:${KUBELET_PORT}`,
            certificate: seen,
          });
      }
    };
    await Promise.all(Array.from({ length: HANDSHAKES_AT_ONCE }, look));
    certificates = sightings;
    changed();
  }

  /** Does it again and again until the end. */
  async function every(milliseconds: number, task: () => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      try {
        await task();
      } catch {
        // What cannot be read stays as it was, with its age.
      }
      await createAlarm(signal).sleep(untilTurn(milliseconds, performance.now()));
    }
  }

  async function run(): Promise<void> {
    for (const { url, zone } of settings.apiServers) know(new URL(url), 'configuration', zone);
    let present: Access | undefined;
    while (!present && !signal.aborted) {
      try {
        present = await access();
      } catch {
        // Why not, the source of the watches tells.
        isFirstRoundOver = true;
        changed();
        await alarm.sleep(intervalMs);
      }
    }
    if (!present || signal.aborted) return;
    authority = readAuthority(present.credentials.tls);
    const urls = [present.server, ...(settings.vip === null ? [] : [new URL(settings.vip)])];
    fronts = [...new Set(urls.map(({ hostname }) => unbracketed(hostname)))];
    const front = new URL(settings.vip ?? present.server.href);
    frontHost = front.host;
    if (!known.has(front.host))
      vip = createProber(front, settings.vip === null ? 'kubeconfig' : 'configuration', null);
    await firstRound();
    isFirstRoundOver = true;
    changed();
    await Promise.all([
      every(intervalMs, readLeases),
      every(ENDPOINTS_MS, findServers),
      every(intervalMs, async () => {
        if (await etcdPorts.look((await access()).proxyUrl)) changed();
      }),
      every(intervalMs, async () => {
        if (areCertificatesDue()) await lookAtCertificates(await access());
      }),
    ]);
  }

  /** Until everybody has answered once, or had the time to. */
  async function firstRound(): Promise<void> {
    const until = performance.now() + HANDSHAKE_MS + 1000;
    const all = (): readonly (ApiServerProber | undefined)[] => [
      vip,
      ...[...known.values()].map(({ prober }) => prober),
    ];
    const isPending = (): boolean =>
      all().some((prober) => prober !== undefined && prober.present() === undefined);
    const waitForAll = async (): Promise<void> => {
      while (isPending() && performance.now() < until && !signal.aborted)
        await createAlarm(signal).sleep(20);
    };
    await waitForAll();
    await Promise.all([readLeases(), readEndpoints()]).catch(() => undefined);
    await waitForAll();
  }

  return {
    start: () => {
      if (running.length === 0 && !signal.aborted) running.push(run());
    },
    retryNow: () => {
      alarm.wake();
      vip?.wake();
      for (const { prober } of known.values()) prober.wake();
    },
    close: async () => {
      batch.close();
      closing.abort();
      vip?.close();
      for (const { prober } of known.values()) prober.close();
      await Promise.all(running);
    },
  };
}

const KUBELET_PORT = 10_250;
/** The Date header is cut to whole seconds: on average it is half a second behind. */
const DATE_ROUNDING_MS = 500;

/** null: there is no such lease, as where another component schedules. */
function leaseOf(
  { status, body, date }: EndpointAnswer,
  kind: LeaderLease['kind'] | undefined,
  now: EpochMs,
): LeaderLease | null {
  if (status !== 200 || kind === undefined) return null;
  const spec = asRecord(asRecord(parseJson(body))['spec']);
  const renewed = Date.parse(asText(spec['renewTime']));
  // The server's clock made that time, so its age is told by the server's clock too.
  const skew = date === null ? 0 : now - (date + DATE_ROUNDING_MS);
  const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);
  return {
    kind,
    holder: oneLine(asText(spec['holderIdentity'])) || null,
    renewedAt: Number.isNaN(renewed) ? null : renewed + skew,
    durationSeconds: number(spec['leaseDurationSeconds']),
    transitions: number(spec['leaseTransitions']),
    readAt: now,
  };
}

/** The addresses of a list of EndpointSlices. */
function endpointsOf(list: unknown): readonly URL[] {
  const rows = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
    Array.isArray(value) ? value.map(asRecord) : [];
  return rows(asRecord(list)['items']).flatMap((slice) => {
    const ports = rows(slice['ports']).flatMap(({ port }) =>
      typeof port === 'number' ? [port] : [],
    );
    const hosts = rows(slice['endpoints']).flatMap(({ addresses }) =>
      Array.isArray(addresses) ? addresses.filter((host) => typeof host === 'string') : [],
    );
    return hosts.flatMap((host) =>
      ports.flatMap((port) => URL.parse(`https://${bracketed(host)}:${port}`) ?? []),
    );
  });
}

/** Names of the machines of API servers in a list of their identity leases. */
function identitiesIn(list: unknown): readonly string[] {
  const { items } = asRecord(list);
  return (Array.isArray(items) ? items : []).flatMap((item) => {
    const labels = asRecord(asRecord(asRecord(item)['metadata'])['labels']);
    return oneLine(asText(labels['kubernetes.io/hostname'])) || [];
  });
}

/** The client certificate of the kubeconfig. */
function ownCertificate(cert: unknown, now: EpochMs): CertificateSighting | undefined {
  const [first] = [cert].flat();
  if (typeof first !== 'string' && !Buffer.isBuffer(first)) return undefined;
  const certificate = readCertificate(first);
  return certificate && { node: null, address: null, certificate: { ...certificate, at: now } };
}
