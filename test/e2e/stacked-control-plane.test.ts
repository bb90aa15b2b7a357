import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import { componentsOf, etcdClustersIn } from '../../src/domain/components.ts';
import type { Component } from '../../src/domain/components.ts';
import { membershipOf, othersOf } from '../../src/domain/membership.ts';
import { COMPONENT_KINDS } from '../../src/domain/zone-component.ts';
import { writeLabConfig } from '../../src/lab/lab-config.ts';
import { startLab } from '../../src/lab/lab.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { endDaemon } from '../../src/lab/scenarios/end-daemon.ts';
import { startSources } from '../../src/sources.ts';
import type { Sources } from '../../src/sources.ts';
import { privateHome } from '../support/console-driver.ts';
import { LIMIT, SLOW_MACHINE } from '../support/stage.ts';

const endings: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** @param isTold the configuration says what the zones are for */
async function start(isTold = true) {
  const home = privateHome();
  endings.push(home.remove);
  const lab = await startLab({ seed: 13, scenario: 'stacked' });
  endings.push(lab.close);
  const { config } = await writeLabConfig(lab, join(home.folder, 'lab/config.yaml'));
  appendFileSync(config, SLOW_MACHINE);
  const loaded = loadConfig(config);
  if ('issues' in loaded) throw new Error(JSON.stringify(loaded.issues));
  const sources = startSources({
    ...loaded.settings,
    ...(!isTold && { roles: new Map() }),
    intervals: { fast: 1, slow: 5, inventory: 10 },
  });
  endings.push(sources.close);
  await expect.poll(() => wellIn(sources), LIMIT).toBe(16);
  await expect.poll(() => treeOf(sources), LIMIT).toEqual([]);
  return { lab, sources };
}

const componentsIn = (sources: Sources): readonly Component[] => {
  const inventory = sources.inventory();
  return inventory.clusters.flatMap((cluster) => componentsOf(inventory, cluster, Date.now()));
};
const wellIn = (sources: Sources): number =>
  componentsIn(sources).filter(({ state }) => state === 'ready' || state === 'leads').length;
/** `rule subject`, with the rule that explains it. */
const treeOf = (sources: Sources): readonly string[] =>
  sources
    .problems()
    .map(
      ({ rule, subject, cause }) =>
        `${rule} ${subject}${cause === null ? '' : ` < ${cause.split('@')[0] ?? ''}`}`,
    )
    .toSorted();
const restart = (lab: Lab, host: string, zone: string, kind: string) =>
  lab.world.setServiceFault(host, zone, `svc:/application/${kind}:default`, null);

test.for([
  ['as the configuration says', true],
  ['as services, processes and arguments tell', false],
] as const)(
  'each component of a stacked zone has a row, and the etcd of events is one of its own: %s',
  async ([, isTold]) => {
    const { sources } = await start(isTold);
    const rows = componentsIn(sources).flatMap(({ kind, name, zone }) =>
      kind === 'vip' ? [] : [`${kind} ${name} ${zone?.ref}`],
    );
    const places = ['omni1', 'omni2', 'store1'].map((host, at) => [host, at + 1] as const);
    expect(rows.toSorted()).toEqual(
      places
        .flatMap(([host, at]) => [
          ...COMPONENT_KINDS.map((kind) => `${kind} cp${at} zone:${host}/cp${at}`),
          `etcd events${at} zone:${host}/events${at}`,
        ])
        .toSorted(),
    );
    const clusters = () =>
      etcdClustersIn(componentsIn(sources)).map(({ kind, members }) => [
        kind,
        ...members.map(({ name, leader }) => `${name}${leader === true ? ' leads' : ''}`),
      ]);
    await expect.poll(clusters, LIMIT).toEqual([
      ['etcd', 'cp1 leads', 'cp2', 'cp3'],
      ['etcd-events', 'events1 leads', 'events2', 'events3'],
    ]);
    // Its configuration file alone tells where the key and the certificate of a member lie.
    const told = () =>
      componentsIn(sources).flatMap(({ name, etcd }) =>
        etcd === null ? [] : [[name, etcd.peers?.length, etcd.term !== null]],
      );
    await expect
      .poll(told, LIMIT)
      .toEqual(
        ['cp1', 'cp2', 'cp3', 'events1', 'events2', 'events3'].map((name) => [name, 3, true]),
      );
    const inventory = sources.inventory();
    expect(othersOf(inventory)).toBe(0);
    expect(
      [...membershipOf(inventory).zones].map(([ref, { is, cluster, group }]) =>
        [ref, is, cluster, group].join(' '),
      ),
    ).toEqual(
      expect.arrayContaining([
        'zone:omni1/cp1 member infrak8s ',
        'zone:omni2/events2 member infrak8s events',
      ]),
    );
  },
);

test('one daemon of a stacked zone that ends is told alone, and its zone tells for all', async () => {
  const { lab, sources } = await start();
  endDaemon(lab.world, 'omni2', 'cp2', 'kube-scheduler');
  await expect
    .poll(() => treeOf(sources).filter((each) => !each.startsWith('zone.service')), LIMIT)
    .toEqual(['scheduler.standby component:infrak8s/kube-scheduler/cp2']);
  restart(lab, 'omni2', 'cp2', 'kube-scheduler');
  await expect.poll(() => treeOf(sources), LIMIT).toEqual([]);

  lab.world.crashZone('omni2', 'cp2');
  await expect
    .poll(() => treeOf(sources), LIMIT)
    .toEqual([
      'api.instance component:infrak8s/kube-apiserver/cp2 < zone.down',
      'controller.standby component:infrak8s/kube-controller-manager/cp2 < zone.down',
      'etcd.member component:infrak8s/etcd/cp2 < zone.down',
      'etcd.quorum component:infrak8s/etcd < zone.down',
      'scheduler.standby component:infrak8s/kube-scheduler/cp2 < zone.down',
      'zone.down zone:omni2/cp2',
    ]);
  lab.world.act('omni2', 'cp2', 'boot');
  await expect.poll(() => treeOf(sources), LIMIT).toEqual([]);
  await expect.poll(() => wellIn(sources), LIMIT).toBe(16);
});

test('each etcd loses its own quorum', async () => {
  const { lab, sources } = await start();
  const told = () =>
    sources
      .problems()
      .filter(({ rule }) => rule === 'etcd.quorum')
      .map(({ severity, subject, title }) => `${severity} ${subject}: ${title}`)
      .toSorted();
  endDaemon(lab.world, 'omni2', 'events2');
  endDaemon(lab.world, 'store1', 'cp3', 'etcd');
  await expect
    .poll(told, LIMIT)
    .toEqual([
      'warning component:infrak8s/etcd-events: 2 of 3 members, one more failure loses the quorum',
      'warning component:infrak8s/etcd: 2 of 3 members, one more failure loses the quorum',
    ]);
  endDaemon(lab.world, 'store1', 'events3');
  await expect
    .poll(told, LIMIT)
    .toEqual([
      'critical component:infrak8s/etcd-events: quorum lost: 1 of 3 members, 2 are needed',
      'warning component:infrak8s/etcd: 2 of 3 members, one more failure loses the quorum',
    ]);
  restart(lab, 'omni2', 'events2', 'etcd');
  restart(lab, 'store1', 'events3', 'etcd');
  restart(lab, 'store1', 'cp3', 'etcd');
  await expect.poll(() => treeOf(sources), LIMIT).toEqual([]);
});
