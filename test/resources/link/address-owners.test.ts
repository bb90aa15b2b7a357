import { expect, test } from 'vitest';
import type { LinkEntry } from '../../../src/domain/link.ts';
import { addressOwners } from '../../../src/resources/link/address-owners.ts';
import { answered, makeHost, makeLink, NOW } from '../../derive/inventory.ts';

const links: readonly LinkEntry[] = [makeLink('net0'), makeLink('net1')];
const macs = ['02:08:20:00:00:01', '02:08:20:00:00:02'].map((macAddress, index) => ({
  name: `web${index}_0`,
  over: 'net0',
  vlanId: 20,
  macAddress,
  zone: `web${index}`,
}));
const vnicLinks = macs.map(({ name }) => makeLink(name, { class: 'vnic', over: ['net0'] }));
const all = [...links, ...vnicLinks];
const host = (vnics: typeof macs, at: number) =>
  makeHost('omni1', { links: answered(all, at), vnics: answered(vnics, at) });

test('the lists stay the same objects while answers say what they said', () => {
  const first = addressOwners(host(macs, NOW));
  expect(first.macs.map(({ address }) => address)).toEqual(macs.map((each) => each.macAddress));
  expect(addressOwners(host(macs, NOW + 5000))).toBe(first);
  const fewer = macs.slice(1);
  expect(addressOwners(host(fewer, NOW + 10_000)).macs).toHaveLength(1);
});
