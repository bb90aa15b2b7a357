import { expect, test } from 'vitest';
import type { HostInventory } from '../../../src/domain/inventory.ts';
import type { LinkState } from '../../../src/domain/link.ts';
import { bindView } from '../../../src/domain/view.ts';
import { vlanView } from '../../../src/resources/vlan/vlan.view.ts';
import { linkCounters } from '../../derive/inventory.ts';
import { host, kstats, lab, NOW, ok } from '../../support/inventory.ts';

/** A host with one VNIC on VLAN 48. */
function carrier(
  name: string,
  { state = 'up', silent = false }: { readonly state?: LinkState; readonly silent?: boolean } = {},
): HostInventory {
  const link = `${name}_0`;
  return host(name, {
    ...(silent ? { source: { state: 'down' } } : {}),
    feeds: {
      links: ok([{ name: link, class: 'vnic', mtu: 1500, state, bridge: null, over: ['aggr0'] }]),
      vnics: ok([{ name: link, over: 'aggr0', vlanId: 48, macAddress: null, zone: null }]),
    },
  });
}
const rowOf = (hosts: readonly HostInventory[]) => {
  const view = bindView(vlanView);
  const row = view.rows(lab(hosts), NOW).find(({ ref }) => ref === 'vlan:48');
  const column = view.columns.findIndex(({ id }) => id === 'hosts');
  return { sign: row?.sign, hosts: row?.text(column) };
};

test('links that are up make it well, one that is down degrades it, all of them bring it down', () => {
  expect(rowOf([carrier('a'), carrier('b')])).toEqual({ sign: 'ok', hosts: 'a b' });
  expect(rowOf([carrier('a'), carrier('b', { state: 'down' })]).sign).toBe('degraded');
  expect(rowOf([carrier('a', { state: 'down' })]).sign).toBe('down');
});

test('a silent host makes no VLAN degraded: it is said which part is not seen', () => {
  const seen = rowOf([carrier('a'), carrier('b', { silent: true })]);
  expect(seen).toEqual({ sign: 'ok', hosts: 'a b?' });
  expect(
    rowOf([carrier('a', { state: 'down' }), carrier('b'), carrier('c', { silent: true })]).sign,
  ).toBe('degraded');
});

test('when every host that carries it is silent, nothing is known of it', () => {
  expect(rowOf([carrier('b', { silent: true })]).sign).toBe('unknown');
});

test('its state is a word, or how many of its links are down; errors and drops are those of its links', () => {
  const texts = (...hosts: readonly HostInventory[]) => {
    const view = bindView(vlanView);
    const row = view.rows(lab(hosts), NOW).find(({ ref }) => ref === 'vlan:48');
    return ['state', 'errors'].map((id) =>
      row?.text(view.columns.findIndex((column) => column.id === id)),
    );
  };
  expect(texts(carrier('a'), carrier('b'))).toEqual(['up', '┄/┄']);
  expect(texts(carrier('a'), carrier('b', { state: 'down' }))).toEqual(['1 down', '┄/┄']);
  expect(texts(carrier('a', { state: 'down' }))).toEqual(['down', '┄/┄']);
  expect(texts(carrier('a', { silent: true }))).toEqual(['unknown', '┄/┄']);
  const counted = carrier('a');
  const links = new Map([['a_0', linkCounters({ rxErrors: 2n, txErrors: 1n, rxDrops: 40n })]]);
  const feeds = { ...counted.feeds, kstats: ok(kstats({ links })) };
  expect(texts({ ...counted, feeds })).toEqual(['up', '3/40']);
});
