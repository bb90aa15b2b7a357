import fc from 'fast-check';
import { expect, test } from 'vitest';
import { storageClassesWatch } from '../../../src/resources/storage/storage-classes.watch.ts';
import { projectsAnyObject } from '../any-object.ts';
import { metadata } from './stored-objects.ts';

test('keeps what is needed of a class', () => {
  const object = {
    metadata: {
      name: 'longhorn',
      annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
    },
    provisioner: 'driver.longhorn.io',
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
    allowVolumeExpansion: true,
  };
  expect(storageClassesWatch.project(object)).toEqual({
    name: 'longhorn',
    provisioner: 'driver.longhorn.io',
    waitsForConsumer: false,
    isDefault: true,
    replicas: null,
  });
});

test('a class waits for the first pod, or does not', () => {
  const read = (volumeBindingMode?: string) =>
    storageClassesWatch.project({ metadata: { name: 'c' }, provisioner: 'p', volumeBindingMode });
  expect(read('WaitForFirstConsumer')).toMatchObject({ name: 'c', waitsForConsumer: true });
  expect(read()).toMatchObject({ waitsForConsumer: false, isDefault: false });
});

test.for([
  [{ repl: '2', protocol: 'nvmf' }, 2],
  [{ numberOfReplicas: '3' }, 3],
  [{ repl: 'many' }, null],
  [undefined, null],
] as const)('with the parameters %j it makes so many copies: %s', ([parameters, replicas]) => {
  const object = { metadata: { name: 'c' }, parameters };
  expect(storageClassesWatch.project(object)?.replicas).toBe(replicas);
});

test('what nobody tells of a class is not known, nor is it the default', () => {
  expect(storageClassesWatch.project({ metadata: { name: 'c' } })).toEqual({
    name: 'c',
    provisioner: null,
    waitsForConsumer: false,
    isDefault: false,
    replicas: null,
  });
});

test('any object gives a projection or nothing', () => {
  fc.assert(projectsAnyObject(storageClassesWatch, metadata));
  fc.assert(
    // What a class has lies beside its metadata, not in a spec.
    fc.property(fc.jsonValue(), fc.jsonValue(), (provisioner, volumeBindingMode) => {
      const object = { metadata, provisioner, volumeBindingMode };
      expect(storageClassesWatch.project(object)).toMatchObject({ name: 'data' });
    }),
  );
});
