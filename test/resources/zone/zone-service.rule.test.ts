import { expect, test } from 'vitest';
import { failedService } from '../../../src/domain/groups.ts';
import { allZonesOf } from '../../../src/domain/joined.ts';
import type { Service, ServiceExplanation } from '../../../src/domain/service.ts';
import { zoneService } from '../../../src/resources/zone/zone-service.rule.ts';
import { answered, makeHost, makeZone, NOW } from '../../derive/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';

const BIND = 'svc:/network/dns/bind:default';
const SINCE = NOW - 90_000;

function check(
  services: readonly Partial<Service>[],
  why: Partial<ServiceExplanation> | null = { reason: 'Start method failed repeatedly.' },
  state: 'running' | 'installed' = 'running',
) {
  const zones = [makeZone('dns1', { state })];
  const zoneServices = {
    zones: new Map([
      [
        'dns1',
        {
          count: 9,
          milestone: 'online',
          notOnline: services.map((service) => ({
            fmri: BIND,
            state: 'maintenance',
            nextState: null,
            ...service,
          })),
          telling: [BIND],
        },
      ],
    ]),
    explanations:
      why === null
        ? []
        : [
            {
              fmri: BIND,
              description: 'BIND DNS server',
              zone: 'dns1',
              state: 'maintenance',
              since: SINCE,
              reason: null,
              log: '/var/svc/log/network-dns-bind:default.log',
              see: [],
              impact: 'This service is not running.',
              ...why,
            },
          ],
  };
  const host = makeHost('omni1', { zones: answered(zones), zoneServices: answered(zoneServices) });
  return zoneService.check({ zones, zoneServices }, host, NOW, plainContext);
}
const CRON = 'svc:/system/cron:default';

test.for<[string, Parameters<typeof check>, string[]]>([
  ['all online', [[]], []],
  ['what the zone is for', [[{}]], ['critical: maintenance: Start method failed repeatedly']],
  ['another service, without a reason', [[{ fmri: CRON }]], ['warning: maintenance']],
  ['no reason known', [[{}], null], ['critical: maintenance']],
  [
    'a reason of another zone',
    [[{}], { zone: 'dns2', reason: 'Other.' }],
    ['critical: maintenance'],
  ],
  ['degraded', [[{ state: 'degraded' }]], ['warning: degraded: Start method failed repeatedly']],
  [
    'off-line for a reason',
    [[{ state: 'offline' }]],
    ['critical: offline: Start method failed repeatedly'],
  ],
  ['waiting for another', [[{ state: 'offline' }], null], []],
  ['starting', [[{ state: 'offline' }], { reason: 'Start method is running.' }], []],
  ['of a zone that has stopped', [[{}], null, 'installed'], []],
])('%s', ([, args, expected]) => {
  expect(check(...args).map(({ severity, title }) => `${severity}: ${title}`)).toEqual(expected);
});

test('tells the zone, the reason and the log', () => {
  expect(check([{}])).toMatchObject([
    {
      subject: `service:omni1/dns1/${BIND}`,
      began: SINCE,
      evidence: {
        zone: 'dns1',
        role: 'named',
        reason: 'Start method failed repeatedly.',
        log: '/var/svc/log/network-dns-bind:default.log',
        from: 'svcs -Zx',
      },
      hint: `read /var/svc/log/network-dns-bind:default.log in the zone (s opens its shell), mend it, then svcadm clear ${BIND}`,
    },
  ]);
});

test('in a zone with several components of a control plane each of their services counts', () => {
  const [etcd, scheduler] = ['svc:/application/etcd:default', 'svc:/k8s/kube-scheduler:default'];
  const zones = [makeZone('cp1')];
  const zoneServices = {
    zones: new Map([
      [
        'cp1',
        {
          count: 9,
          milestone: 'online',
          notOnline: [{ fmri: scheduler, state: 'maintenance', nextState: null }],
          telling: [etcd, scheduler],
        },
      ],
    ]),
    explanations: [],
  };
  const host = makeHost('omni1', { zones: answered(zones), zoneServices: answered(zoneServices) });
  expect(zoneService.check({ zones, zoneServices }, host, NOW, plainContext)).toMatchObject([
    { severity: 'critical', evidence: { role: 'etcd,kube-scheduler' } },
  ]);
  // Its group counts it as down too.
  expect(allZonesOf(host).map(failedService)).toEqual([scheduler]);
});
