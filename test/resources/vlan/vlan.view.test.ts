import { expect, test } from 'vitest';
import type { HostInventory } from '../../../src/domain/inventory.ts';
import type { LinkState } from '../../../src/domain/link.ts';
import { bindView } from '../../../src/domain/view.ts';
import { vlanView } from '../../../src/resources/vlan/vlan.view.ts';
import { host, lab, NOW, ok } from '../../support/inventory.ts';

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
