import { expect, test } from 'vitest';
import type { Inventory } from '../../../src/domain/inventory.ts';
import type { Ref } from '../../../src/domain/ref.ts';
import { go, initialSession } from '../../../src/ui/session.ts';
import { dataset } from '../../support/datasets.ts';
import { diskCounters, diskEntry, diskRates, NO_DISK_ERRORS } from '../../support/disks.ts';
import { drawScreen } from '../../support/drawn.ts';
import { kstats, NOW, ok } from '../../support/inventory.ts';
import { richLab, richModel } from '../../support/rich-lab.ts';

const GIB = 2 ** 30;
const failing = { hard: 0, transport: 0, media: 3, sinceSeconds: 1, roseAtSeconds: 9 };
const disks = ok([
  diskEntry('sd1', { serial: 'WELL1' }),
  diskEntry('sd2', { serial: 'FAIL2', errors: { ...NO_DISK_ERRORS, media: 7, soft: 1 } }),
]);
const inventory: Inventory = {
  ...richLab,
  hosts: richLab.hosts.map((host) =>
    host.name === 'store1'
      ? {
          ...host,
          snapshotHours: new Map([
            ['tank/backup', 26],
            ['tank/lost', 26],
          ]),
          feeds: {
            ...host.feeds,
            kstats: ok({
              ...kstats({
                disks: new Map([
                  ['sd1', diskCounters()],
                  ['sd2', diskCounters({ mediaErrors: 7 })],
                ]),
              }),
              disks: new Map([
                ['sd1', diskRates()],
                ['sd2', diskRates({ serviceMs: 210, busyPercent: 97, newErrors: failing })],
              ]),
            }),
            disks,
            diskNames: ok([
              { instance: 'sd1', name: 'c2t1d0' },
              { instance: 'sd2', name: 'c2t2d0' },
            ]),
            datasets: ok([
              dataset('tank', { usedBytes: 40 * GIB, availableBytes: 60 * GIB }),
              dataset('tank/home', {
                usedBytes: 95 * GIB,
                availableBytes: 5 * GIB,
                quotaBytes: 100 * GIB,
              }),
            ]),
            snapshots: ok([
              { dataset: 'tank/backup', count: 7, name: 'daily', createdAt: NOW - 8 * 3_600_000 },
            ]),
          },
        }
      : host,
  ),
};
const drawn = (ref: Ref, tab = 0, cols = 200, rows = 60) =>
  drawScreen(
    richModel({
      inventory,
      session: go(initialSession, { kind: 'detail', view: 'hosts', ref, tab }),
    }),
    cols,
    rows,
  );

test('the storage tab tells disks with pace and errors, the one that is not well first', () => {
  const text = drawn('host:store1', 1).titled('Disks of store1');
  expect(text).toMatch(/▲ c2t2d0 +tank .*97% +210ms +60 +1 +0 +0 +7 +LAB HDD +FAIL2(.|\n)*c2t1d0/);
  expect(text).toMatch(/not well/);
});

test('it tells datasets with how full they are, and snapshots with their age', () => {
  const { titled } = drawn('host:store1', 1);
  expect(titled('Datasets of store1')).toMatch(/tank\/home +- +95G +5\.0G ▇+░* +95% +100G/);
  expect(titled('Datasets of store1')).toMatch(/1 nearly full +2 datasets/);
  expect(titled('Snapshots that must be young')).toMatch(/● tank\/backup +8h +26h +7 daily/);
  expect(titled('Snapshots that must be young')).toMatch(/▲ tank\/lost +none +26h +0/);
});

test('a disk has a page: who it is, where it serves, what it counts', () => {
  const { titled, text } = drawn('disk:store1/c2t2d0');
  expect(text).toContain('hosts > store1/c2t2d0');
  expect(titled('Disk')).toMatch(/serial +FAIL2(.|\n)*pool +tank +raidz2-0/);
  expect(titled('Errors since boot')).toMatch(/media +7 +3 new/);
  expect(titled('Work')).toMatch(/service +210ms/);
  expect(titled('Related')).toMatch(/pool tank +it serves in it/);
});

test('a pool has a page: its fill, its devices, its datasets', () => {
  const { titled } = drawn('pool:store1/tank');
  expect(titled('Pool')).toMatch(/state +◐ DEGRADED(.|\n)*full +not known before an hour/);
  expect(titled('Devices')).toMatch(/c2t3d0 +FAULTED/);
  expect(titled('Datasets of tank')).toMatch(/tank\/home/);
});

test('a dataset has a page', () => {
  expect(drawn('dataset:store1/tank/home').titled('File system')).toMatch(
    /used +▇+░* 95% +95G(.|\n)*quota +100G(.|\n)*pool +tank/,
  );
});

test('a disk that nobody knows has none', () => {
  expect(drawn('disk:store1/c9t9d9').text).toContain('is gone');
});
