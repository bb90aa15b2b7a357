import { record } from '../admission.ts';
import { DAY_SECONDS, type ClusterModel } from '../model.ts';
import type { Draft, KubeObject, Labels } from '../object.ts';
import { hash32 } from '../random.ts';
import { labelsOf } from '../workload.ts';
import { ageColumn, defineKind, nameColumn } from './kind.ts';

type Port = {
  readonly name?: string;
  readonly port: number;
  readonly protocol: string;
  readonly nodePort?: number;
  readonly targetPort?: number;
};

type Service = KubeObject & {
  readonly spec: {
    readonly type: string;
    readonly clusterIP: string;
    readonly externalIPs?: readonly string[];
    readonly ports?: readonly Port[];
    readonly selector?: Labels;
  };
  readonly status: {
    readonly loadBalancer: {
      readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[];
    };
  };
};

type Seed = {
  readonly namespace: string;
  readonly name: string;
  readonly app?: string;
  readonly type?: 'LoadBalancer' | 'NodePort';
  readonly clusterIP?: string;
  readonly address?: string;
  readonly ageDays: number;
  readonly ports: readonly (readonly [name: string, port: number, protocol?: 'UDP'])[];
};

const SERVICES: readonly Seed[] = [
  {
    namespace: 'default',
    name: 'kubernetes',
    clusterIP: '10.112.0.1',
    ageDays: 412,
    ports: [['https', 443]],
  },
  {
    namespace: 'kube-system',
    name: 'kube-dns',
    app: 'coredns',
    clusterIP: '10.112.0.10',
    ageDays: 412,
    ports: [
      ['dns', 53, 'UDP'],
      ['dns-tcp', 53],
      ['metrics', 9153],
    ],
  },
  {
    namespace: 'kube-system',
    name: 'hubble-peer',
    app: 'cilium',
    ageDays: 118,
    ports: [['peer-service', 443]],
  },
  {
    namespace: 'kube-system',
    name: 'hubble-relay',
    app: 'hubble-relay',
    ageDays: 118,
    ports: [['grpc', 80]],
  },
  {
    namespace: 'kube-system',
    name: 'hubble-ui',
    app: 'hubble-ui',
    ageDays: 118,
    ports: [['http', 80]],
  },
  {
    namespace: 'kube-system',
    name: 'metrics-server',
    app: 'metrics-server',
    ageDays: 301,
    ports: [['https', 443]],
  },
  {
    namespace: 'cert-manager',
    name: 'cert-manager',
    app: 'cert-manager',
    ageDays: 233,
    ports: [['tcp-prometheus-servicemonitor', 9402]],
  },
  {
    namespace: 'cert-manager',
    name: 'cert-manager-webhook',
    app: 'cert-manager-webhook',
    ageDays: 233,
    ports: [['https', 443]],
  },
  {
    namespace: 'longhorn-system',
    name: 'longhorn-admission-webhook',
    app: 'longhorn-manager',
    ageDays: 164,
    ports: [['admission-wh', 9502]],
  },
  {
    namespace: 'longhorn-system',
    name: 'longhorn-backend',
    app: 'longhorn-manager',
    ageDays: 164,
    ports: [['manager', 9500]],
  },
  {
    namespace: 'longhorn-system',
    name: 'longhorn-frontend',
    app: 'longhorn-ui',
    type: 'LoadBalancer',
    address: '10.127.64.10',
    ageDays: 164,
    ports: [['http', 80]],
  },
  {
    namespace: 'kubevirt',
    name: 'virt-api',
    app: 'virt-api',
    ageDays: 140,
    ports: [['webhook', 443]],
  },
  {
    namespace: 'openebs',
    name: 'openebs-api-rest',
    app: 'openebs-api-rest',
    type: 'NodePort',
    ageDays: 90,
    ports: [['http', 8081]],
  },
  {
    namespace: 'openebs',
    name: 'openebs-etcd',
    app: 'openebs-etcd',
    ageDays: 90,
    ports: [
      ['client', 2379],
      ['peer', 2380],
    ],
  },
  {
    namespace: 'openebs',
    name: 'openebs-etcd-headless',
    app: 'openebs-etcd',
    clusterIP: 'None',
    ageDays: 90,
    ports: [
      ['client', 2379],
      ['peer', 2380],
    ],
  },
  {
    namespace: 'media',
    name: 'jellyfin',
    app: 'jellyfin',
    type: 'LoadBalancer',
    address: '10.127.64.11',
    ageDays: 57,
    ports: [
      ['http', 8096],
      ['discovery', 7359, 'UDP'],
    ],
  },
  {
    namespace: 'media',
    name: 'audiobookshelf',
    app: 'audiobookshelf',
    ageDays: 57,
    ports: [['http', 80]],
  },
  {
    namespace: 'apps',
    name: 'paperless',
    app: 'paperless',
    type: 'LoadBalancer',
    address: '10.127.64.12',
    ageDays: 203,
    ports: [['http', 8000]],
  },
  {
    namespace: 'apps',
    name: 'paperless-db',
    app: 'paperless-db',
    clusterIP: 'None',
    ageDays: 203,
    ports: [['postgres', 5432]],
  },
  {
    namespace: 'apps',
    name: 'immich',
    app: 'immich-server',
    type: 'LoadBalancer',
    address: '10.127.64.13',
    ageDays: 77,
    ports: [['http', 2283]],
  },
  {
    namespace: 'apps',
    name: 'immich-postgres',
    app: 'immich-postgres',
    clusterIP: 'None',
    ageDays: 77,
    ports: [['postgres', 5432]],
  },
  {
    namespace: 'apps',
    name: 'immich-redis',
    app: 'immich-redis',
    clusterIP: 'None',
    ageDays: 77,
    ports: [['redis', 6379]],
  },
];

export const services = defineKind<Service>({
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  singular: 'service',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  generation: false,
  subresources: ['status'],
  columns: [
    nameColumn,
    {
      name: 'Type',
      type: 'string',
      description: 'type determines how the Service is exposed.',
      cell: ({ spec }) => spec.type,
    },
    {
      name: 'Cluster-IP',
      type: 'string',
      description: 'clusterIP is the IP address of the service and is usually assigned randomly.',
      cell: ({ spec }) => spec.clusterIP || '<none>',
    },
    {
      name: 'External-IP',
      type: 'string',
      description:
        'externalIPs is a list of IP addresses for which nodes in the cluster will also accept traffic for this service.',
      cell: printExternal,
    },
    {
      name: 'Port(s)',
      type: 'string',
      description: 'The list of ports that are exposed by this service.',
      cell: printPorts,
    },
    ageColumn,
    {
      name: 'Selector',
      type: 'string',
      wide: true,
      description:
        'Route service traffic to pods with label keys and values matching this selector.',
      cell: printSelector,
    },
  ],
  fields: { 'spec.clusterIP': ({ spec }) => spec.clusterIP, 'spec.type': ({ spec }) => spec.type },
  admit: (draft) => {
    const { name, namespace } = draft.metadata;
    const clusterIP = clusterAddress(`${namespace}/${name}`);
    return {
      ...draft,
      spec: { type: 'ClusterIP', clusterIP, ...record(draft['spec']) },
      status: { loadBalancer: {}, ...record(draft['status']) },
    };
  },
  seed: (model) => SERVICES.map((service) => seedService(model, service)),
});

function printExternal({ spec, status }: Service): string {
  const external = spec.externalIPs ?? [];
  if (spec.type !== 'LoadBalancer') return external.join(',') || '<none>';
  const ingress = (status.loadBalancer.ingress ?? []).flatMap(
    ({ ip, hostname }) => ip ?? hostname ?? [],
  );
  return [...ingress, ...external].join(',') || '<pending>';
}

function printPorts({ spec }: Service): string {
  const ports = (spec.ports ?? []).map(
    ({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`,
  );
  return ports.join(',') || '<none>';
}

function printSelector({ spec }: Service): string {
  return (
    Object.entries(spec.selector ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .join(',') || '<none>'
  );
}

/** An address of the service CIDR 10.112.0.0/12. */
function clusterAddress(key: string): string {
  const number = hash32(key);
  return `10.${112 + (number % 16)}.${(number >>> 8) % 256}.${1 + ((number >>> 16) % 254)}`;
}

function seedService(model: ClusterModel, seed: Seed): Draft {
  const { namespace, name, app, type = 'ClusterIP', address, ageDays } = seed;
  const clusterIP = seed.clusterIP ?? clusterAddress(`${namespace}/${name}`);
  const ports = seed.ports.map(([portName, port, protocol = 'TCP']) => ({
    name: portName,
    protocol,
    port,
    targetPort: port,
    ...(type !== 'ClusterIP' && { nodePort: 30_000 + (hash32(`${name}/${portName}`) % 2767) }),
  }));
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name,
      namespace,
      uid: model.uid('Service', namespace, name),
      creationTimestamp: model.ago(ageDays * DAY_SECONDS),
      labels: app ? labelsOf({ name: app }) : { component: 'apiserver', provider: 'kubernetes' },
    },
    spec: {
      clusterIP,
      clusterIPs: [clusterIP],
      internalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      ports,
      ...(app && { selector: labelsOf({ name: app }) }),
      sessionAffinity: 'None',
      type,
      ...(type !== 'ClusterIP' && { externalTrafficPolicy: 'Cluster' }),
    },
    status: { loadBalancer: address ? { ingress: [{ ip: address, ipMode: 'VIP' }] } : {} },
  };
}
