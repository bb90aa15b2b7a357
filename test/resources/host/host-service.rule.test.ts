import { expect, test } from 'vitest';
import type { ServiceExplanation } from '../../../src/domain/service.ts';
import { hostService } from '../../../src/resources/host/host-service.rule.ts';
import { makeHost, NOW } from '../../derive/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';

const FMRI = 'svc:/network/ldap/client:default';
const explain = (change: Partial<ServiceExplanation> = {}): ServiceExplanation => ({
  fmri: FMRI,
  description: 'LDAP Name Service Client',
  zone: null,
  state: 'maintenance',
  since: NOW - 60_000,
  reason: 'Start method failed repeatedly, last exited with status 1.',
  log: '/var/svc/log/network-ldap-client:default.log',
  see: [],
  impact: '2 dependent services are not running.',
  ...change,
});
const check = (state: string, explanation?: ServiceExplanation, fmri = FMRI) =>
  hostService.check(
    {
      services: {
        services: [
          { fmri: 'svc:/network/ssh:default', state: 'online', nextState: null },
          { fmri, state, nextState: null },
        ],
        explanations: explanation ? [explanation] : [],
      },
    },
    makeHost('omni1'),
    NOW,
    plainContext,
  );

const FAILED = 'Start method failed repeatedly, last exited with status 1';
test.for<[string, Parameters<typeof check>, string[]]>([
  ['a service that runs', ['online'], []],
  ['one that was disabled', ['disabled'], []],
  ['one in maintenance', ['maintenance', explain()], [`warning maintenance: ${FAILED}`]],
  ['the same before its reason is known', ['maintenance'], ['warning maintenance']],
  [
    'one without which the host is not what it is for',
    ['maintenance', explain({ fmri: 'svc:/system/zones:default' }), 'svc:/system/zones:default'],
    [`critical maintenance: ${FAILED}`],
  ],
  [
    'one that runs with less',
    ['degraded', explain({ state: 'degraded', reason: 'Degraded by an administrator.' })],
    ['warning degraded: Degraded by an administrator'],
  ],
  ['one that waits for another', ['offline'], []],
  ['one that is on its way', ['offline', explain({ reason: 'Start method is running.' })], []],
  [
    'one that is off-line for a reason of its own',
    ['offline', explain({ reason: 'Dependency file://localhost/etc/x is absent.' })],
    ['warning offline: Dependency file://localhost/etc/x is absent'],
  ],
])('%s', ([, args, expected]) => {
  expect(check(...args).map(({ severity, title }) => `${severity} ${title}`)).toEqual(expected);
});

test('names the service, since when, its log and what to do', () => {
  expect(check('maintenance', explain())[0]).toMatchObject({
    subject: `service:omni1/global/${FMRI}`,
    began: NOW - 60_000,
    evidence: {
      log: '/var/svc/log/network-ldap-client:default.log',
      impact: '2 dependent services are not running.',
    },
    hint: `read /var/svc/log/network-ldap-client:default.log, mend it, then svcadm clear ${FMRI} (s opens a shell)`,
  });
});
