import { afterEach, expect, test } from 'vitest';
import { createEtcdPorts } from '../../../src/collect/kube/etcd-ports.ts';
import type { EtcdTarget } from '../../../src/domain/control-plane.ts';
import { systemClock } from '../../../src/lab/clock.ts';
import { startEtcdServers } from '../../../src/lab/control-plane/etcd-servers.ts';
import { createWorld } from '../../../src/lab/world.ts';

const endings: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

test('of a member of which something else is told the port is looked at again, of the others when it is time', async () => {
  const world = createWorld({ seed: 5, clock: systemClock });
  const etcd = await startEtcdServers(world, 'infrak8s');
  endings.push(etcd.close);
  let targets: readonly EtcdTarget[] = etcd.servers.map(({ member, url }) => ({
    member,
    url,
    told: 'ok',
  }));
  const closing = new AbortController();
  let now = 1_000;
  const ports = createEtcdPorts({
    targets: () => targets,
    limitMs: 60_000,
    intervalMs: 3_600_000,
    clock: () => now,
    signal: closing.signal,
  });
  const seen = () => ports.present().map(({ member, state, at }) => [member, state, at]);
  expect(await ports.look(null)).toBe(true);
  expect(await ports.look(null)).toBe(false);
  await etcd.servers[1]?.setListening(false);
  now = 2_000;
  targets = targets.map((each) => (each.member === 'etcd2' ? { ...each, told: 'gone' } : each));
  expect(await ports.look(null)).toBe(true);
  expect(seen()).toEqual([
    ['etcd1', 'answers', 1_000],
    ['etcd2', 'refused', 2_000],
    ['etcd3', 'answers', 1_000],
  ]);
  // Until it is back.
  expect(await ports.look(null)).toBe(true);
  await etcd.servers[1]?.setListening(true);
  now = 3_000;
  expect(await ports.look(null)).toBe(true);
  expect(seen()[1]).toEqual(['etcd2', 'answers', 3_000]);
  expect(await ports.look(null)).toBe(false);
});
