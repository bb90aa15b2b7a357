import { expect, test } from 'vitest';
import type { LinkEntry } from '../../../src/domain/link.ts';
import { linkDown } from '../../../src/resources/link/link-down.rule.ts';
import { answered, makeHost, makeLink, NOW } from '../../derive/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';

const check = (...links: readonly LinkEntry[]) =>
  linkDown.check({ links }, makeHost('omni1', { links: answered(links) }), NOW, plainContext);
const down = { state: 'down' } as const;
const aggr = (change: Partial<LinkEntry> = {}) =>
  makeLink('aggr0', { class: 'aggr', over: ['igb0', 'igb1'], ...change });
const vnic = (over: string, change: Partial<LinkEntry> = {}) =>
  makeLink('web0', { class: 'vnic', over: [over], ...change });

test.for<[string, readonly LinkEntry[], readonly string[]]>([
  ['all is up', [makeLink('igb0'), makeLink('igb1'), aggr(), vnic('aggr0')], []],
  ['a port that nothing uses', [makeLink('igb3', down)], []],
  ['a port under a vnic', [makeLink('igb0', down), vnic('igb0')], ['critical igb0']],
  [
    'a port under a vlan',
    [makeLink('igb0', down), makeLink('core0', { class: 'vlan', over: ['igb0'] })],
    ['critical igb0'],
  ],
  [
    'a port of an aggregation that is up',
    [makeLink('igb0', down), makeLink('igb1'), aggr(), vnic('aggr0')],
    [],
  ],
  [
    'a port of an aggregation, with a vlan of its own',
    [makeLink('igb0', down), aggr(), makeLink('core0', { class: 'vlan', over: ['igb0'] })],
    ['critical igb0'],
  ],
  [
    'an aggregation with all its ports',
    [makeLink('igb0', down), makeLink('igb1', down), aggr(down), vnic('aggr0', down)],
    [],
  ],
  ['a vnic by itself', [makeLink('igb0'), vnic('igb0', down)], []],
  ['a state that is not known', [makeLink('igb0', { state: 'unknown' }), vnic('igb0')], []],
  ['an etherstub', [makeLink('stub0', { class: 'etherstub', ...down }), vnic('stub0')], []],
])('%s', ([, links, expected]) => {
  const found = check(...links).map(
    ({ subject, severity }) =>
      `${severity ?? linkDown.severity} ${subject.replace('link:omni1/', '')}`,
  );
  expect(found).toEqual(expected);
});

test('a long list of what is over it is cut', () => {
  const vnics = Array.from({ length: 9 }, (_, index) =>
    makeLink(`v${index}`, { class: 'vnic', over: ['igb0'] }),
  );
  expect(check(makeLink('igb0', down), ...vnics)).toMatchObject([
    { evidence: { used: 9, over: 'v0, v1, v2, v3, v4 and 4 more' } },
  ]);
});
