import { expect, test } from 'vitest';
import { KINDS } from '../../../src/lab/kube/kinds/registry.ts';
import type { Draft } from '../../../src/lab/kube/object.ts';
import { createStore, type Store } from '../../../src/lab/kube/store.ts';

const storeOf = (ringSize?: number): Store =>
  createStore({
    kinds: KINDS,
    seed: 1,
    clock: () => 0,
    ...(ringSize !== undefined && { ringSize }),
  });
const lease = (name: string, holder = 'x'): Draft => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { namespace: 'default', name },
  spec: { holderIdentity: holder },
});
const LEASES = 'leases.coordination.k8s.io';

test('one counter gives versions to all kinds', () => {
  const store = storeOf();
  const first = store.create(LEASES, lease('a'));
  const second = store.create('namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'a' },
  });
  expect([first, second].map(({ metadata }) => metadata.resourceVersion)).toEqual(['1', '2']);
  expect(store.remove(LEASES, 'default', 'a')?.metadata.resourceVersion).toBe('3');
  expect(store.version()).toBe(3);
});

test('a page of an older version shows the objects as they were then', () => {
  const store = storeOf();
  for (const name of ['b', 'd', 'f']) store.create(LEASES, lease(name));
  const then = store.version();
  store.remove(LEASES, 'default', 'd');
  store.create(LEASES, lease('c'));
  store.modify(LEASES, 'default', 'f', (object) => ({ ...object, spec: { holderIdentity: 'y' } }));
  store.create(LEASES, lease('d', 'again'));
  const names = (at?: number) => store.page(LEASES, { at })?.entries.map(({ key }) => key);
  expect(names(then)).toEqual(['default/b', 'default/d', 'default/f']);
  expect(names()).toEqual(['default/b', 'default/c', 'default/d', 'default/f']);
  expect(store.page(LEASES, { at: then, after: 'default/b', limit: 1 })).toMatchObject({
    entries: [{ key: 'default/d', entry: { spec: { holderIdentity: 'x' } } }],
    remaining: 1,
  });
});

test('a version that the ring has lost has no page', () => {
  const store = storeOf(2);
  store.create(LEASES, lease('a'));
  const then = store.version();
  for (const name of ['b', 'c']) store.create(LEASES, lease(name));
  expect(store.page(LEASES, { at: then })?.entries).toHaveLength(1);
  store.create(LEASES, lease('d'));
  expect(store.oldestVersion(LEASES)).toBe(then + 1);
  expect(store.page(LEASES, { at: then })).toBeUndefined();
});

test('a lazy object is built when it is read, and is an ordinary one after its first update', () => {
  const store = storeOf();
  let built = 0;
  store.createLazy(LEASES, 'default', 'lazy', (given) => {
    built += 1;
    return { ...lease('lazy'), metadata: { namespace: 'default', name: 'lazy', ...given } };
  });
  expect(store.page(LEASES, { limit: 1 })?.entries).toHaveLength(1);
  expect(built).toBe(0);
  expect(store.get(LEASES, 'default', 'lazy')?.metadata.resourceVersion).toBe('1');
  store.modify(LEASES, 'default', 'lazy', (object) => ({
    ...object,
    spec: { holderIdentity: 'z' },
  }));
  built = 0;
  expect(store.get(LEASES, 'default', 'lazy')).toMatchObject({
    spec: { holderIdentity: 'z' },
    metadata: { resourceVersion: '2' },
  });
  expect(built).toBe(0);
});

test('the keys of one namespace are those of no other, however they sort', () => {
  const store = storeOf();
  for (const namespace of ['app', 'app-a', 'app.b', 'app0', 'apps'])
    store.create(LEASES, { ...lease('x'), metadata: { namespace, name: 'x' } });
  expect(store.list(LEASES, 'app').map(({ metadata }) => metadata.namespace)).toEqual(['app']);
});

test('an unknown resource is named with those that there are', () => {
  expect(() => storeOf().list('things.example.org')).toThrow(
    /no such resource in the lab: things\.example\.org; registered: .*pods/u,
  );
});
