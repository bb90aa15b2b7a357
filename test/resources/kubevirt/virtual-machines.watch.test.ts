import fc from 'fast-check';
import { expect, test } from 'vitest';
import { virtualMachinesWatch } from '../../../src/resources/kubevirt/virtual-machines.watch.ts';
import { projectsAnyObject } from '../any-object.ts';
import { hardware, metadata, noHardware, spec } from './machine-objects.ts';

test('keeps what is shown of a virtual machine', () => {
  const object = {
    metadata,
    spec: { runStrategy: 'Always', template: { spec } },
    status: { printableStatus: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  };
  expect(virtualMachinesWatch.project(object)).toEqual({
    namespace: 'apps',
    name: 'vm',
    status: 'Running',
    isReady: true,
    runStrategy: 'Always',
    ...hardware,
    createdAt: Date.UTC(2026, 0, 1),
  });
  expect(
    virtualMachinesWatch.project({ metadata, spec: { running: false, template: { spec: {} } } }),
  ).toMatchObject({ runStrategy: 'Halted', vcpus: null, memoryBytes: null, isReady: null });
});

test('one that is to run in the old way runs always', () => {
  expect(virtualMachinesWatch.project({ metadata, spec: { running: true } })).toMatchObject({
    runStrategy: 'Always',
  });
});

test('what nobody tells of a virtual machine is not known', () => {
  expect(virtualMachinesWatch.project({ metadata: { name: 'vm', namespace: 'apps' } })).toEqual({
    namespace: 'apps',
    name: 'vm',
    status: null,
    isReady: null,
    runStrategy: null,
    ...noHardware,
    createdAt: null,
  });
});

test('any object gives a projection or nothing', () => {
  fc.assert(projectsAnyObject(virtualMachinesWatch, metadata));
});

test('one that lies in no namespace is none', () => {
  expect(virtualMachinesWatch.project({ metadata: { name: 'vm' } })).toBeUndefined();
});
