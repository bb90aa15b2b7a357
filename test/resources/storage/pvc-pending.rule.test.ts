import { expect, test } from 'vitest';
import type { Claim, StorageClass } from '../../../src/domain/storage.ts';
import { pvcPending } from '../../../src/resources/storage/pvc-pending.rule.ts';
import { NOW, pod } from '../../support/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';
import { claim, storageClass, tableOf, withTables } from '../../support/storage.ts';

const user = pod('web', { namespace: 'media', claims: ['config'], status: 'Pending', node: null });
const waiting = storageClass('longhorn', true);
const pending = { phase: 'Pending', volume: null };

const check = (
  change: Partial<Claim>,
  classes: readonly StorageClass[] | null,
  hasUser: boolean,
) => {
  const claims = tableOf(claim('config', change));
  const cluster = withTables({
    claims,
    pods: tableOf(...(hasUser ? [user] : [])),
    ...(classes ? { storageClasses: tableOf(...classes) } : {}),
  });
  return pvcPending.check({ claims }, cluster, NOW, plainContext);
};

test.for<[string, Partial<Claim>, readonly StorageClass[] | null, boolean, string | null]>([
  ['is bound', {}, [waiting], true, null],
  ['waits for its first pod', pending, [waiting], false, null],
  ['has a pod that waits for it', pending, [waiting], true, 'no volume of class longhorn is made'],
  [
    'has a node that was chosen',
    { ...pending, selectedNode: 'w1' },
    [waiting],
    false,
    'no volume of class',
  ],
  [
    'is to be bound at once',
    pending,
    [storageClass('longhorn')],
    false,
    'no volume of class longhorn',
  ],
  [
    'names a class that is not there',
    pending,
    [storageClass('other')],
    false,
    'there is no class longhorn',
  ],
  ['names none', { ...pending, storageClass: null }, [waiting], false, 'names no class'],
  ['has a class that nobody knows, and no pod', pending, null, false, null],
  ['has a class that nobody knows, and a pod', pending, null, true, 'no volume of class'],
  [
    'has lost its volume',
    { phase: 'Lost' },
    [waiting],
    true,
    'lost: its volume pvc-config is gone',
  ],
])('a claim that %s', ([, change, classes, hasUser, title]) => {
  const found = check(change, classes, hasUser);
  expect(found.map((each) => each.title.includes(title ?? ''))).toEqual(
    title === null ? [] : [true],
  );
});

test('is told after a while, with what waits for it', () => {
  expect(pvcPending.holdSeconds).toBeGreaterThan(0);
  expect(check(pending, [waiting], true)).toMatchObject([
    {
      subject: 'storage:k/PersistentVolumeClaim/media/config',
      evidence: { phase: 'Pending', pods: 1, storageClass: 'longhorn' },
    },
  ]);
});
