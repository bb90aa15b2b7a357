import { expect, test } from 'vitest';
import type { Ref } from '../../../src/domain/ref.ts';
import { mapRefs, mapTargets, vlanChecks, vlanMatrix } from '../../../src/ui/paint/vlan-map.ts';
import { createScreen } from '../../../src/ui/screen.ts';
import { go, initialSession } from '../../../src/ui/session.ts';
import { drawScreen, styles, tones } from '../../support/drawn.ts';
import { ok } from '../../support/inventory.ts';
import { linkEntry, richLab, richModel, vnicEntry } from '../../support/rich-lab.ts';

const session = (ref: Ref | null = null, col: number | null = null, top = 0) => ({
  ...go(initialSession, { kind: 'vlan-map' } as const),
  cursors: { 'vlan-map': { ref, top, col } },
});
const draw = (ref: Ref | null = null, col: number | null = null, cols = 120, rows = 40) =>
  drawScreen(richModel({ session: session(ref, col) }), cols, rows);
const look = createScreen(() => tones).look(richModel());

test('the matrix has a cell for every VLAN and host, unknown where a host is silent', () => {
  const { hosts, rows } = vlanMatrix(look);
  expect(hosts).toEqual(['omni1', 'omni2', 'store1']);
  const etcd = rows.find(({ vlan }) => vlan.id === 48);
  expect(etcd?.cells.map(({ sign }) => sign)).toEqual(['ok', 'unknown', 'ok']);
  expect(etcd?.cells.map(({ members }) => members.map(({ name }) => name))).toEqual([
    ['etcd1'],
    ['etcd2'],
    ['etcd3'],
  ]);
  expect(rows.find(({ vlan }) => vlan.id === 47)?.cells[2]?.empty).toBe(true);
});

test('it is drawn with signs and names, and with what carries it on each host', () => {
  const map = draw().inside('vlan-map');
  expect(map.split('\n')[0]).toMatch(/VID NAME +● omni1 +✗ omni2 down +◐ store1 +IN\/OUT/);
  expect(map).toMatch(/● +48 etcd +● etcd1 +\? etcd2 +● etcd3/);
  expect(map).toMatch(/47 k8s +● k8sw1 +\? k8sw2 +-/);
  expect(map).toMatch(/carried by +● aggr0 ●● +.*\? aggr0 \?\? +.*● aggr0 ●✗/);
});

test('the selected cell is reversed, the selected row as a whole without one', () => {
  const inverse = (ref: Ref, col: number | null): readonly number[] => {
    const { buffer, lines } = draw(ref, col);
    const y = lines.findIndex((line) => line.includes('48 etcd'));
    return Array.from({ length: 120 }, (_, x) => x).filter(
      (x) => styles.style(buffer.styleOf(x, y)).inverse === true && buffer.glyph(x, y) !== '?',
    );
  };
  const cell = inverse('vlan:48', 0);
  expect(cell[0]).toBe(21);
  expect(cell.length).toBeLessThan(40);
  expect(inverse('vlan:48', null).length).toBeGreaterThan(100);
});

test('below it stands who is on the selected VLAN, the host of the cell first', () => {
  const members = draw('vlan:48', 2).inside('vlan-members').split('\n');
  expect(members[0]).toMatch(/◐ store1 +over aggr0/);
  expect(members[1]).toMatch(/└─ ● etcd3 +etcd3_0/);
  expect(draw('vlan:48').text).toContain(' 48 etcd ');
});

test('a link of a silent host has no rate', () => {
  expect(draw('vlan:48').inside('vlan-members')).toMatch(/\? etcd2 +etcd2_0 +┄+ +┄/);
});

test('checks find a tag that differs, an address that two zones have, a link that is down', () => {
  const checks = vlanChecks(richLab);
  const faults = (word: string): readonly string[] =>
    checks.find(({ text }) => text.includes(word))?.details ?? [];
  expect(faults('tag')).toEqual(['store1/gitea gitea_0: live 21, declared 20']);
  expect(faults('address')).toContain('10.0.20.9: omni1/squid, store1/gitea');
  expect(faults('MTU')).toEqual([]);
  expect(checks.find(({ sign }) => sign === 'unknown')?.text).toContain('omni2');
  expect(draw().inside('vlan-checks')).toContain('live 21, declared 20');
});

test('checks find links that are down, of another MTU, or with the MAC of another', () => {
  const [omni1, ...others] = richLab.hosts;
  if (!omni1) throw new Error('the rich lab has a host');
  const changed = {
    ...omni1,
    feeds: {
      ...omni1.feeds,
      links: ok([
        linkEntry('a_0', { class: 'vnic', mtu: 9000 }),
        linkEntry('b_0', { class: 'vnic', state: 'down' }),
      ]),
      vnics: ok([vnicEntry('a_0', 20), vnicEntry('b_0', 20)]),
    },
  };
  const checks = vlanChecks({ ...richLab, hosts: [changed, ...others] });
  const details = checks.flatMap((check) => check.details).join('\n');
  expect(details).toContain('omni1/b_0 on vlan 20 is down');
  expect(details).toMatch(/vlan 20: 9000 on 1 link, 1500 on \d/);
  expect(details).toContain('02:08:20:00:00:20 on vlan 20: omni1/a_0, omni1/b_0');
});

test('a cell leads to what is on it, a row to its VLAN', () => {
  expect(mapTargets(look, { ref: 'vlan:48', top: 0, col: 0 })).toEqual([
    'zone:omni1/etcd1',
    'vlan:48',
  ]);
  expect(mapTargets(look, { ref: 'vlan:48', top: 0 })).toEqual(['vlan:48']);
  expect(mapRefs(richLab)).toEqual(['vlan:20', 'vlan:21', 'vlan:47', 'vlan:48']);
});

test('a narrow screen shows the column of the cursor', () => {
  const { text } = draw('vlan:48', 2, 40, 24);
  expect(text).toContain('etcd3');
  expect(text).toContain('store1');
});

test('a selection beyond the last visible row is scrolled to', () => {
  const map = draw('vlan:48', null, 80, 9).inside('vlan-map');
  expect(map).toContain('>●   48 etcd');
});
