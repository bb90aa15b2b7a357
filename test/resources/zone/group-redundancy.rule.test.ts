import { expect, test } from 'vitest';
import type { HostInventory } from '../../../src/domain/inventory.ts';
import type { ServicesOfZones } from '../../../src/domain/service.ts';
import { groupRedundancy } from '../../../src/resources/zone/group-redundancy.rule.ts';
import { answered, lost, makeHost, makeInventory, makeZone, NOW } from '../../derive/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';

type Member = 'up' | 'down' | 'lost' | 'never told' | 'not there' | 'failed' | 'other failed';

const NAMED = 'svc:/network/dns/bind:default';
const CRON = 'svc:/system/cron:default';
/** A zone that is there for its name server, with a service that has given up. */
const inMaintenance = (fmri: string): ServicesOfZones => ({
  zones: new Map([
    [
      'z',
      {
        count: 40,
        milestone: 'online',
        telling: [NAMED],
        notOnline: [{ fmri, state: 'maintenance', nextState: null }],
      },
    ],
  ]),
  explanations: [],
});

function hostOf(member: Member, index: number): HostInventory {
  const name = `h${index}`;
  const state = member === 'down' ? 'installed' : 'running';
  const zones = member === 'not there' ? [] : [makeZone('z', { state })];
  if (member === 'never told') return makeHost(name);
  if (member === 'failed' || member === 'other failed')
    return makeHost(name, {
      zones: answered(zones),
      zoneServices: answered(inMaintenance(member === 'failed' ? NAMED : CRON)),
    });
  // What a lost host told last is a minute old.
  return member === 'lost'
    ? makeHost(name, { zones: answered(zones, NOW - 60_000) }, lost)
    : makeHost(name, { zones: answered(zones) });
}
const check = (members: readonly Member[], atLeast: number) =>
  groupRedundancy.check(
    makeInventory({
      hosts: members.map(hostOf),
      groups: [
        { name: 'name servers', members: members.map((_, index) => `h${index}/z`), atLeast },
      ],
    }),
    NOW,
    plainContext,
  );

test.for<[readonly Member[], number, string[]]>([
  [['up', 'up', 'up'], 2, []],
  [['up', 'up'], 1, []],
  // It needs all, and has them.
  [['up', 'up'], 2, []],
  [['up', 'up', 'down'], 2, ['warning: can lose no more: 2 of 3 up, needs 2']],
  [
    ['up', 'up', 'not there'],
    2,
    ['warning: perhaps can lose no more: 2 of 3 up, 1 unknown, needs 2'],
  ],
  [['up', 'down', 'down'], 2, ['critical: lost: 1 of 3 up, needs 2']],
  [['down', 'down'], 1, ['critical: lost: 0 of 2 up, needs 1']],
  // It may well run.
  [['up', 'up', 'lost'], 2, ['warning: perhaps can lose no more: 2 of 3 up, 1 unknown, needs 2']],
  [['up', 'lost', 'lost'], 2, ['critical: perhaps lost: 1 of 3 up, 2 unknown, needs 2']],
  [['up', 'never told', 'never told'], 2, []],
  // Its zone runs, but not what the zone is there for.
  [['up', 'failed'], 1, ['warning: can lose no more: 1 of 2 up, needs 1']],
  [['failed', 'down'], 1, ['critical: lost: 0 of 2 up, needs 1']],
  [['up', 'other failed'], 1, []],
])('%o, needs %i', ([members, atLeast, expected]) => {
  expect(
    check(members, atLeast).map(({ severity = 'warning', title }) => `${severity}: ${title}`),
  ).toEqual(expected);
});

test('names the group, what is not up, and waits for as long as a restart', () => {
  expect(groupRedundancy.holdSeconds).toBe(15);
  expect(check(['up', 'up', 'down'], 2)).toEqual([
    {
      subject: 'group:name servers',
      title: 'can lose no more: 2 of 3 up, needs 2',
      evidence: {
        up: 2,
        members: 3,
        atLeast: 2,
        unknown: 0,
        notUp: 'h2/z',
        from: 'zoneadm list -cp',
      },
      hint: expect.stringContaining('bring h2/z back') as string,
    },
  ]);
});

test('says of a member that runs in vain which service has given up', () => {
  expect(check(['up', 'failed'], 1)[0]).toMatchObject({
    evidence: { notUp: `h1/z (${NAMED} in maintenance)`, from: 'zoneadm list -cp, svcs -Z' },
    hint: expect.stringContaining('bring h1/z back') as string,
  });
});
