import { expect, test } from 'vitest';
import { certificatesOf } from '../../src/domain/certificates.ts';
import { componentsOf } from '../../src/domain/components.ts';
import type { Component } from '../../src/domain/components.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { MIB } from '../../src/lab/plan.ts';
import { endDaemon } from '../../src/lab/scenarios/end-daemon.ts';
import type { Sources } from '../../src/sources.ts';
import { LIMIT, rootsOf, snapshotRoots, startStage, watchStage } from '../support/stage.ts';

async function start(inventory = 10) {
  const stage = await startStage();
  return { stage, lab: stage.lab, sources: watchStage(stage, { fast: 1, slow: 5, inventory }) };
}

const componentsIn = (sources: Sources): readonly Component[] => {
  const inventory = sources.inventory();
  return inventory.clusters.flatMap((cluster) => componentsOf(inventory, cluster, Date.now()));
};
const statesOf = (sources: Sources): Readonly<Record<string, string>> =>
  Object.fromEntries(componentsIn(sources).map(({ name, state }) => [name, state]));
/** Subjects of the certificates that are seen in that way, and first in no other. */
const seenBy = (sources: Sources, way: RegExp): readonly string[] => {
  const inventory = sources.inventory();
  return inventory.clusters.flatMap((cluster) =>
    certificatesOf(inventory, cluster, Date.now()).flatMap(({ from, certificate }) =>
      way.test(from) ? [certificate.subject] : [],
    ),
  );
};
const isWell = (sources: Sources): boolean => {
  const states = Object.values(statesOf(sources));
  return states.length === 13 && states.every((state) => state === 'ready' || state === 'leads');
};

const restart = (
  lab: Lab,
  kind: string,
  zones: readonly (readonly [host: string, zone: string])[],
) => {
  for (const [host, zone] of zones)
    lab.world.setServiceFault(host, zone, `svc:/application/${kind}:default`, null);
};
const API_SERVERS = [
  ['omni1', 'apisrv1'],
  ['omni2', 'apisrv2'],
  ['store1', 'apisrv3'],
] as const;

type Evidence = Readonly<Record<string, unknown>>;
const SCENARIOS: readonly (readonly [
  name: string,
  top: string,
  evidence: Evidence,
  heal: (lab: Lab) => void,
])[] = [
  [
    'etcd-member',
    'etcd.member component:infrak8s/etcd/etcd2',
    { place: 'zone etcd2 on omni2', gone: 'no process etcd in zone etcd2' },
    (lab) => restart(lab, 'etcd', [['omni2', 'etcd2']]),
  ],
  [
    'etcd-quorum',
    'etcd.quorum component:infrak8s/etcd',
    { members: 3, needed: 2, present: 1, down: 'etcd2 on omni2, etcd3 on store1' },
    (lab) =>
      restart(lab, 'etcd', [
        ['omni2', 'etcd2'],
        ['store1', 'etcd3'],
      ]),
  ],
  [
    'etcd-fragmentation',
    'etcd.fragmentation component:infrak8s/etcd/etcd2',
    { dbBytes: 1180 * MIB, inUseBytes: 330 * MIB, inUsePercent: 28 },
    (lab) => lab.world.etcdOf('etcd2').setStorage('etcd2', { dbBytes: 340 * MIB }),
  ],
  [
    'cert-expiry',
    'cert.expiry certificate:infrak8s/kube-apiserver/apisrv2',
    { where: 'kube-apiserver apisrv2', lifetimeHours: 168 },
    (lab) => lab.controlPlane.setCertificate('apisrv2', 1, 167),
  ],
  [
    'scheduler-lost',
    'scheduler.lease component:infrak8s/kube-scheduler',
    { durationSeconds: 15, place: 'zone k8sched1 on omni1' },
    (lab) => lab.controlPlane.setCutOff('kube-scheduler', false),
  ],
  [
    'vip-down',
    'api.vip component:infrak8s/vip/vip',
    { state: 'refused', serving: 'apisrv1, apisrv2, apisrv3' },
    (lab) => lab.controlPlane.setVipFault(false),
  ],
  [
    'api-down',
    'api.down cluster:infrak8s',
    {
      answering: 0,
      apisrv1: 'refused; no process kube-apiserver in zone apisrv1 (zone apisrv1 on omni1)',
      apisrv3: 'refused; no process kube-apiserver in zone apisrv3 (zone apisrv3 on store1)',
    },
    (lab) => restart(lab, 'kube-apiserver', API_SERVERS),
  ],
];

test.for(SCENARIOS)(
  '%s: the first problem is %s, and it goes when it is mended',
  async ([scenario, top, evidence, heal]) => {
    const { stage, lab, sources } = await start();
    await expect.poll(() => isWell(sources), LIMIT).toBe(true);
    await expect.poll(() => rootsOf(sources), LIMIT).toEqual([]);
    lab.play(scenario);
    await expect.poll(() => rootsOf(sources)[0], LIMIT).toBe(top);

    const { roots, evidence: found } = await snapshotRoots(stage);
    expect(roots[0]).toBe(top);
    expect(found).toMatchObject(evidence);

    heal(lab);
    await expect.poll(() => rootsOf(sources), LIMIT).toEqual([]);
    await expect.poll(() => isWell(sources), LIMIT).toBe(true);
  },
);

test('a scheduler that is gone beside the one that leads is told alone', async () => {
  const { lab, sources } = await start();
  await expect.poll(() => isWell(sources), LIMIT).toBe(true);
  endDaemon(lab.world, 'omni2', 'k8sched2');
  await expect
    .poll(() => rootsOf(sources), LIMIT)
    .toEqual(['scheduler.standby component:infrak8s/kube-scheduler/k8sched2']);
  restart(lab, 'kube-scheduler', [['omni2', 'k8sched2']]);
  await expect.poll(() => rootsOf(sources), LIMIT).toEqual([]);
});

test('a member of etcd that hangs is told by its zone and its port, and when it answers again it is well', async () => {
  const { lab, sources } = await start(3_600);
  await expect.poll(() => isWell(sources), LIMIT).toBe(true);
  lab.play('etcd-hung');
  await expect
    .poll(() => rootsOf(sources), LIMIT)
    .toEqual(['etcd.member component:infrak8s/etcd/etcd3']);
  const found = () => sources.problems().find(({ rule }) => rule === 'etcd.member');
  await expect.poll(() => found()?.severity, LIMIT).toBe('critical');
  expect(found()?.evidence).toMatchObject({
    place: 'zone etcd3 on store1',
    health: 'timeout',
    gone: null,
    port: 'timeout',
  });
  lab.world.hung.delete('etcd3');
  await expect.poll(() => rootsOf(sources), LIMIT).toEqual([]);
  await expect.poll(() => isWell(sources), LIMIT).toBe(true);
});

test('the files of zones are read again when an API server shows another certificate', async () => {
  const { lab, sources } = await start(3_600);
  await expect.poll(() => isWell(sources), LIMIT).toBe(true);
  // What is in a file and shown too is told by the handshake alone.
  const inFiles = () => seenBy(sources, /^file/);
  await expect.poll(inFiles, LIMIT).toContain('kube-apiserver-etcd-client');
  await expect.poll(inFiles, LIMIT).not.toContain('kube-apiserver');
  const shown = () =>
    componentsIn(sources).find(({ name }) => name === 'apisrv2')?.certificate?.notAfter ?? 0;
  const before = shown();
  lab.controlPlane.setCertificate('apisrv2', 157, 11);
  await expect.poll(shown, LIMIT).toBeLessThan(before);
  await expect.poll(inFiles, LIMIT).not.toContain('kube-apiserver');
});

test('while the API is dead the zones keep the table alive, and a restarted API fills the rest again', async () => {
  const { lab, sources } = await start();
  await expect.poll(() => isWell(sources), LIMIT).toBe(true);
  const membersTold = () =>
    componentsIn(sources).flatMap(({ kind, etcd }) =>
      kind === 'etcd' ? [[etcd?.term, etcd?.alarms, etcd?.peers?.length]] : [],
    );
  await expect.poll(membersTold, LIMIT).toEqual([1, 2, 3].map(() => [4, [], 3]));
  await expect
    .poll(() => [...new Set(seenBy(sources, /^file/))].toSorted(), LIMIT)
    .toEqual([
      'etcd-ca',
      'kube-apiserver-etcd-client',
      'kubernetes',
      'system:kube-controller-manager',
      'system:kube-scheduler',
    ]);
  // Those of etcd are what its ports show.
  await expect
    .poll(() => seenBy(sources, /^TLS handshake/), LIMIT)
    .toEqual(expect.arrayContaining(['etcd1', 'etcd2', 'etcd3']));
  lab.play('api-down');
  await expect
    .poll(() => statesOf(sources), LIMIT)
    .toMatchObject({ apisrv1: 'gone', apisrv2: 'gone', apisrv3: 'gone', etcd1: 'ready' });
  lab.world.crashZone('omni2', 'etcd2');
  await expect.poll(() => statesOf(sources)['etcd2'], LIMIT).toBe('gone');
  lab.world.act('omni2', 'etcd2', 'boot');
  restart(lab, 'kube-apiserver', API_SERVERS);
  await expect.poll(() => isWell(sources), LIMIT).toBe(true);
  await expect.poll(() => rootsOf(sources), LIMIT).toEqual([]);
});
