import type { ClusterModel, NodeModel } from '../model.ts';
import type { Draft, KubeObject } from '../object.ts';
import { ageColumn, defineKind, nameColumn, type Kind } from './kind.ts';
import { seededCondition, seededMeta } from './seeded-meta.ts';

const GROUP = 'cilium.io';
const API_VERSION = `${GROUP}/v2`;
const AGE_DAYS = 118;

const LOCAL_AS = 64_709;
const PEER_AS = 64_706;
/** The address of the BGP router, the virtual machine `frr1`, in the network of the workers. */
const ROUTER = '10.127.0.4';
const CONFIG = 'workers';

const ciliumKind = <T extends KubeObject>(
  kind: Pick<Kind<T>, 'kind' | 'plural' | 'singular' | 'shortNames' | 'columns' | 'seed'>,
): Kind =>
  defineKind<T>({
    group: GROUP,
    version: 'v2',
    categories: ['cilium'],
    namespaced: false,
    custom: true,
    generation: true,
    subresources: ['status'],
    fields: {},
    ...kind,
  });

type CiliumNode = KubeObject & {
  readonly spec: {
    readonly addresses?: readonly { readonly type: string; readonly ip: string }[];
  };
};
const addressOf = ({ spec }: CiliumNode, type: string): string =>
  spec.addresses?.find((address) => address.type === type)?.ip ?? '';

/** What the agent of each node tells of it; the printer columns are those of the CRD, as below. */
export const ciliumNodes = ciliumKind<CiliumNode>({
  kind: 'CiliumNode',
  plural: 'ciliumnodes',
  singular: 'ciliumnode',
  shortNames: ['cn', 'ciliumn'],
  columns: [
    nameColumn,
    {
      name: 'CiliumInternalIP',
      type: 'string',
      description: 'Cilium internal IP for this node',
      cell: (node) => addressOf(node, 'CiliumInternalIP'),
    },
    {
      name: 'InternalIP',
      type: 'string',
      description: 'IP of the node',
      cell: (node) => addressOf(node, 'InternalIP'),
    },
    ageColumn,
  ],
  seed: (model) =>
    model.nodes.map((node) => ({
      apiVersion: API_VERSION,
      kind: 'CiliumNode',
      metadata: seededMeta(model, 'CiliumNode', node.name, AGE_DAYS),
      spec: {
        addresses: [
          { type: 'InternalIP', ip: node.address },
          { type: 'CiliumInternalIP', ip: `10.244.${node.index % 256}.1` },
        ],
        ipam: { podCIDRs: [`10.244.${node.index % 256}.0/24`], pools: {} },
        health: { ipv4: `10.244.${node.index % 256}.2` },
        'boot-id': model.uid('boot', undefined, node.name),
      },
      status: { ipam: { 'operator-status': {} } },
    })),
});

const bgpInstances = [
  {
    name: 'instance-64709',
    localASN: LOCAL_AS,
    peers: [
      {
        name: 'frr1',
        peerASN: PEER_AS,
        peerAddress: ROUTER,
        peerConfigRef: { name: 'frr' },
      },
    ],
  },
];

export const ciliumBgpClusterConfigs = ciliumKind<KubeObject>({
  kind: 'CiliumBGPClusterConfig',
  plural: 'ciliumbgpclusterconfigs',
  singular: 'ciliumbgpclusterconfig',
  shortNames: ['cbgpcluster'],
  columns: [nameColumn, ageColumn],
  seed: (model) => [
    {
      apiVersion: API_VERSION,
      kind: 'CiliumBGPClusterConfig',
      metadata: seededMeta(model, 'CiliumBGPClusterConfig', CONFIG, AGE_DAYS),
      spec: {
        nodeSelector: { matchLabels: { 'kubernetes.io/os': 'linux' } },
        bgpInstances,
      },
      status: {
        conditions: [
          seededCondition(
            model,
            AGE_DAYS,
            'cilium.io/NoMatchingNode',
            'False',
            'MatchingNode',
            'Found one or more matching nodes',
          ),
        ],
      },
    },
  ],
});

export const BGP_NODE_CONFIGS = 'ciliumbgpnodeconfigs.cilium.io';

/** What the operator makes of the cluster's configuration for each node, and what its agent tells of the sessions. */
export const ciliumBgpNodeConfigs = ciliumKind<KubeObject>({
  kind: 'CiliumBGPNodeConfig',
  plural: 'ciliumbgpnodeconfigs',
  singular: 'ciliumbgpnodeconfig',
  shortNames: ['cbgpnode'],
  columns: [nameColumn, ageColumn],
  seed: (model) => model.nodes.map((node) => nodeConfig(model, node)),
});

/** The addresses of LoadBalancer services that each node tells its peer, and the network of its pods. */
const ADVERTISED = 7;

const nodeConfig = (model: ClusterModel, node: NodeModel): Draft => ({
  apiVersion: API_VERSION,
  kind: 'CiliumBGPNodeConfig',
  metadata: {
    ...seededMeta(model, 'CiliumBGPNodeConfig', node.name, AGE_DAYS),
    ownerReferences: [
      {
        apiVersion: API_VERSION,
        kind: 'CiliumBGPClusterConfig',
        name: CONFIG,
        uid: model.uid('CiliumBGPClusterConfig', undefined, CONFIG),
        controller: true,
      },
    ],
  },
  spec: { bgpInstances },
  status: bgpStatus({ since: model.ago(6 * 86_400 + node.index * 37) }),
});

/** The status with a session that is up since then, or with none. */
export const bgpStatus = (
  session: { readonly since: string } | { readonly state: 'active' | 'idle' },
): object => ({
  bgpInstances: [
    {
      name: 'instance-64709',
      localASN: LOCAL_AS,
      peers: [
        {
          name: 'frr1',
          peerASN: PEER_AS,
          peerAddress: ROUTER,
          peeringState: 'since' in session ? 'established' : session.state,
          ...('since' in session && {
            establishedTime: session.since,
            timers: { appliedHoldTimeSeconds: 90, appliedKeepaliveSeconds: 30 },
          }),
          routeCount: [
            'since' in session
              ? { afi: 'ipv4', safi: 'unicast', received: 3, advertised: ADVERTISED }
              : { afi: 'ipv4', safi: 'unicast', received: 0, advertised: 0 },
          ],
        },
      ],
    },
  ],
});

type Condition = { readonly type: string; readonly status: string; readonly message?: string };
type Pool = KubeObject & {
  readonly spec: { readonly disabled?: boolean };
  readonly status?: { readonly conditions?: readonly Condition[] };
};
const poolCondition = ({ status }: Pool, type: string): Condition | undefined =>
  status?.conditions?.find((condition) => condition.type === `cilium.io/${type}`);

/** Addresses for services of the type LoadBalancer; how many are free is the message of a condition. */
export const ciliumLoadBalancerIpPools = ciliumKind<Pool>({
  kind: 'CiliumLoadBalancerIPPool',
  plural: 'ciliumloadbalancerippools',
  singular: 'ciliumloadbalancerippool',
  shortNames: ['ippools', 'ippool', 'lbippool', 'lbippools'],
  columns: [
    nameColumn,
    {
      name: 'Disabled',
      type: 'boolean',
      description: '',
      cell: ({ spec }) => spec.disabled ?? false,
    },
    {
      name: 'Conflicting',
      type: 'string',
      description: '',
      cell: (pool) => poolCondition(pool, 'PoolConflict')?.status ?? '',
    },
    {
      name: 'IPs Available',
      type: 'string',
      description: '',
      cell: (pool) => poolCondition(pool, 'IPsAvailable')?.message ?? '',
    },
    ageColumn,
  ],
  seed: (model) => {
    const condition = (type: string, message: string): object =>
      seededCondition(model, AGE_DAYS, `cilium.io/${type}`, 'Unknown', 'noreason', message);
    return [
      {
        apiVersion: API_VERSION,
        kind: 'CiliumLoadBalancerIPPool',
        metadata: seededMeta(model, 'CiliumLoadBalancerIPPool', 'lab', AGE_DAYS),
        spec: { blocks: [{ start: '10.127.64.10', stop: '10.127.64.73' }], disabled: false },
        status: {
          conditions: [
            seededCondition(model, AGE_DAYS, 'cilium.io/PoolConflict', 'False', 'resolved', ''),
            condition('IPsTotal', '64'),
            condition('IPsAvailable', '58'),
            condition('IPsUsed', '6'),
          ],
        },
      },
    ];
  },
});
