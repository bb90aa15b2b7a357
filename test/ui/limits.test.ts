import { expect, test } from 'vitest';
import type { HostInventory, Inventory } from '../../src/domain/inventory.ts';
import type { Threshold } from '../../src/domain/settings.ts';
import { DEFAULT_THRESHOLDS } from '../../src/domain/thresholds.ts';
import { bindView } from '../../src/domain/view.ts';
import type { Tone } from '../../src/domain/view.ts';
import { certificateView } from '../../src/resources/control-plane/certificate.view.ts';
import { hostView } from '../../src/resources/host/host.view.ts';
import { objectsView } from '../../src/resources/object/objects.view.ts';
import { memoryColumn } from '../../src/resources/zone/zone-columns.ts';
import { zoneView } from '../../src/resources/zone/zone.view.ts';
import { makeVm } from '../derive/inventory.ts';
import { cluster, lab, noControlPlane, NOW, ok } from '../support/inventory.ts';
import { richLab } from '../support/rich-lab.ts';

const HOUR = 3_600_000;
const withLimits = (
  inventory: Inventory,
  change: Readonly<Record<string, Threshold>>,
): Inventory => ({ ...inventory, thresholds: { ...DEFAULT_THRESHOLDS, ...change } });

type AnyView = ReturnType<typeof bindView>;
const toneOf = (view: AnyView, inventory: Inventory, ref: string, column: string): Tone => {
  const row = view.rows(inventory, NOW).find((each) => each.ref === ref);
  if (!row) throw new Error(`no row ${ref}`);
  return row.tone(view.columns.findIndex(({ id }) => id === column));
};
const signOf = (view: AnyView, inventory: Inventory, ref: string) =>
  view.rows(inventory, NOW).find((each) => each.ref === ref)?.sign;

const certificate = {
  subject: 'kube-apiserver',
  issuer: 'kubernetes',
  names: [],
  notBefore: NOW - 5000 * HOUR,
  notAfter: NOW + 100 * HOUR,
  at: NOW,
};
const base = cluster('k', [], []);
const seen = lab(
  [],
  [
    {
      ...base,
      feeds: {
        ...base.feeds,
        controlPlane: ok({
          ...noControlPlane,
          certificates: [{ node: null, address: null, certificate }],
        }),
        objects: ok({
          revision: 1,
          byKey: new Map([
            [
              'pods',
              {
                name: 'pods',
                resource: 'pods',
                group: '',
                kind: 'Pod',
                count: 900,
                perMinute: 0,
                namespaces: null,
                sample: null,
                countedAt: NOW,
                request: 'GET /api/v1/pods',
                trouble: null,
              },
            ],
          ]),
        }),
      },
    },
  ],
);

test('certificates and counts are coloured by the configured limits', () => {
  const certificates = bindView(certificateView);
  const ref = 'certificate:k/kubeconfig';
  expect(signOf(certificates, seen, ref)).toBe('warning');
  expect(toneOf(certificates, seen, ref, 'left')).toBe('warn');
  const later = withLimits(seen, { 'cert.expiry': { warning: 48, critical: 24 } });
  expect(signOf(certificates, later, ref)).toBe('ok');
  expect(toneOf(certificates, later, ref, 'left')).toBe('plain');

  const objects = bindView(objectsView);
  expect(toneOf(objects, seen, 'resource:k/pods', 'count')).toBe('plain');
  const fewer = withLimits(seen, { 'objects.growth': { warning: 500, critical: 800 } });
  expect(toneOf(objects, fewer, 'resource:k/pods', 'count')).toBe('bad');
  expect(signOf(objects, fewer, 'resource:k/pods')).toBe('down');
});

test('hosts and zones are, too', () => {
  const hosts = bindView(hostView);
  const cpu = (host: HostInventory): number =>
    host.feeds.kstats.status === 'ok' ? (host.feeds.kstats.value.cpuPercent ?? 0) : 0;
  const host = richLab.hosts.find((each) => cpu(each) > 0);
  const ref = `host:${host?.name ?? ''}`;
  expect(toneOf(hosts, richLab, ref, 'cpu')).toBe('plain');
  const strict = withLimits(richLab, { 'host.cpu': { warning: 0, critical: 100 } });
  expect(toneOf(hosts, strict, ref, 'cpu')).toBe('warn');
  const [zone] = zoneView.rows(richLab, NOW);
  if (!zone) throw new Error('no zones');
  const near = { ...zone, vm: null, rssBytes: 800, memoryCapBytes: 1000 };
  const tone = (row: typeof zone, limits: Inventory['thresholds']) =>
    memoryColumn.tone?.(row, NOW, limits);
  expect(tone(near, DEFAULT_THRESHOLDS)).toBe('plain');
  const { thresholds } = withLimits(richLab, { 'zone.memory': { warning: 70, critical: 90 } });
  expect(tone(near, thresholds)).toBe('warn');
  const guest = { ...near, vm: makeVm({ vcpus: 1, ramBytes: null, disks: [], vnc: null }) };
  expect(tone(guest, thresholds)).toBe('plain');
});
