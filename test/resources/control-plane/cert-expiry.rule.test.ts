import { expect, test } from 'vitest';
import type { FileCertificate } from '../../../src/domain/zone-certificates.ts';
import { certExpiry } from '../../../src/resources/control-plane/cert-expiry.rule.ts';
import { findingsOf, foundBy, planeLab, certificate, server } from '../../support/control-plane.ts';
import type { PlaneShape } from '../../support/control-plane.ts';
import { NOW, ok } from '../../support/inventory.ts';

const HOUR = 3_600_000;
const lasting = (sinceHours: number, leftHours: number) => ({
  notBefore: NOW - sinceHours * HOUR,
  notAfter: NOW + leftHours * HOUR,
});
const serving = (sinceHours: number, leftHours: number): PlaneShape => ({
  plane: {
    apiServers: [
      server('omni1/apisrv1', { certificate: certificate(lasting(sinceHours, leftHours)) }),
    ],
    vip: null,
  },
});

const CASES: readonly (readonly [name: string, shape: PlaneShape, found: readonly string[]])[] = [
  ['made for a week, and young', {}, []],
  [
    'in the last fifth of its week',
    serving(137, 31),
    ['warning certificate:infrak8s/kube-apiserver/apisrv1: certificate ends in 1d07h'],
  ],
  [
    'in its last day',
    serving(157, 11),
    ['critical certificate:infrak8s/kube-apiserver/apisrv1: certificate ends in 11h00m'],
  ],
  [
    'over',
    serving(170, -2),
    ['critical certificate:infrak8s/kube-apiserver/apisrv1: certificate has ended 2h00m ago'],
  ],
  ['made for a year, with ten days left', serving(355 * 24, 240), []],
  [
    'made for a year, with six days left',
    serving(359 * 24, 144),
    ['warning certificate:infrak8s/kube-apiserver/apisrv1: certificate ends in 6d00h'],
  ],
  ['made for a day, with half of it left', serving(12, 12), []],
  [
    'made for a day, with two hours left',
    serving(22, 2),
    ['critical certificate:infrak8s/kube-apiserver/apisrv1: certificate ends in 2h00m'],
  ],
  [
    'of the kubeconfig',
    {
      plane: {
        certificates: [{ node: null, address: null, certificate: certificate(lasting(167, 1)) }],
      },
    },
    ['critical certificate:infrak8s/kubeconfig: certificate ends in 1h00m'],
  ],
  [
    'of a kubelet',
    {
      plane: {
        certificates: [
          {
            node: 'worker1',
            address: '10.0.0.1:10250',
            certificate: certificate({ notAfter: NOW }),
          },
        ],
      },
    },
    ['critical certificate:infrak8s/kubelet/worker1: certificate has ended 0s ago'],
  ],
  [
    'of a member of etcd, by its port',
    {
      plane: {
        etcdPorts: [
          {
            member: 'etcd2',
            address: '10.0.48.71:2379',
            state: 'answers',
            since: NOW - HOUR,
            at: NOW - 1000,
            answeredAt: NOW - 1000,
            certificate: certificate({ subject: 'etcd2', ...lasting(157, 11) }),
          },
        ],
      },
    },
    ['critical certificate:infrak8s/etcd/etcd2: certificate ends in 11h00m'],
  ],
  [
    'the same behind the balancer is told once',
    {
      plane: {
        ...serving(157, 11).plane,
        vip: server(null, { certificate: certificate(lasting(157, 11)) }),
      },
    },
    ['critical certificate:infrak8s/kube-apiserver/apisrv1: certificate ends in 11h00m'],
  ],
];

test.for(CASES)('%s', ([, shape, found]) => {
  expect(findingsOf(certExpiry, planeLab(shape))).toEqual(found);
});

test('of files in zones: each once, and not where its process shows the same', () => {
  const { at: _, ...peer } = certificate({ subject: 'etcd-peer', ...lasting(157, 11) });
  const { at: __, ...shown } = certificate({ names: ['omni1/apisrv1'], ...lasting(157, 11) });
  const { hosts, ...rest } = planeLab({
    plane: {
      apiServers: [server('omni1/apisrv1', { certificate: { ...shown, at: NOW } })],
      vip: null,
    },
  });
  const files = (
    zone: string,
    kind: 'etcd' | 'kube-apiserver',
    certificates: readonly FileCertificate[],
  ) => ok([{ zone, kind, arguments: new Map(), certificates }]);
  const inventory = {
    ...rest,
    hosts: hosts.map((host) => ({
      ...host,
      feeds: {
        ...host.feeds,
        zoneCertificates:
          host.name === 'omni1'
            ? files('apisrv1', 'kube-apiserver', [{ path: '/tls.crt', certificate: shown }])
            : files(host.name === 'omni2' ? 'etcd2' : 'etcd3', 'etcd', [
                { path: '/peer.crt', certificate: peer },
                { path: '/copy.crt', certificate: peer },
              ]),
      },
    })),
  };
  expect(findingsOf(certExpiry, inventory)).toEqual([
    'critical certificate:infrak8s/kube-apiserver/apisrv1: certificate ends in 11h00m',
    'critical certificate:infrak8s/file/omni2/etcd2/peer.crt#etcd-peer: certificate ends in 11h00m',
  ]);
  expect(foundBy(certExpiry, inventory)[1]).toMatchObject({
    evidence: {
      where: 'etcd2:/peer.crt +3',
      from: 'files etcd2:/peer.crt, etcd2:/copy.crt, etcd3:/peer.crt, etcd3:/copy.crt',
    },
  });
});
