import { bytes as bytesText } from '../../domain/format.ts';
import { resourceName } from '../../domain/watch.ts';
import type { WatchedResource } from '../../domain/watch.ts';
import { collectError, KubeError } from './kube-error.ts';

/** Bounds the memory of all that is kept of a cluster's objects: what takes most of it is given up. */
export type HeapBudget = {
  /** @param onEvicted what is kept of the resource must go */
  readonly account: (
    watch: Pick<WatchedResource, 'group' | 'resource'>,
    onEvicted: (error: KubeError) => void,
  ) => HeapAccount;
};

/** What is kept of one resource. */
export type HeapAccount = {
  /** So many objects are kept, of so many bytes all together; each call may evict this one or another. */
  readonly holds: (objects: number, bytes: number) => void;
  /** @throws {KubeError} `over-budget`: so many would not fit beside the others, as big as they were before */
  readonly checkRoom: (objects: number) => void;
  readonly close: () => void;
};

/** What was given up comes back when it takes no more than the budget with this part of it to spare. */
const SPARE = 0.1;

type Account = {
  readonly watch: Pick<WatchedResource, 'group' | 'resource'>;
  readonly onEvicted: (error: KubeError) => void;
  objects: number;
  bytes: number;
  bytesEach: number;
};

/** See {@link HeapBudget}. @param limitBytes for all accounts together */
export function createHeapBudget(limitBytes: number): HeapBudget {
  const accounts = new Set<Account>();
  const total = (): number => [...accounts].reduce((sum, { bytes }) => sum + bytes, 0);

  const overBudget = ({ watch }: Account, objects: number, bytes: number): KubeError =>
    new KubeError({
      ...collectError(
        'over-budget',
        `${objects} ${resourceName(watch)} take ${bytesText(bytes)}, all kept objects more than ${bytesText(limitBytes)}: they are counted only`,
        `find out what makes so many ${resourceName(watch)}, or give the cluster more objectsMegabytes in the configuration`,
      ),
      resource: resourceName(watch),
    });

  return {
    account: (watch, onEvicted) => {
      const own: Account = { watch, onEvicted, objects: 0, bytes: 0, bytesEach: 0 };
      accounts.add(own);
      return {
        holds: (objects, bytes) => {
          own.objects = objects;
          own.bytes = bytes;
          if (objects > 0) own.bytesEach = bytes / objects;
          if (total() <= limitBytes) return;
          const largest = [...accounts].reduce((a, b) => (b.bytes > a.bytes ? b : a));
          const error = overBudget(largest, largest.objects, largest.bytes);
          largest.objects = 0;
          largest.bytes = 0;
          largest.onEvicted(error);
        },
        checkRoom: (objects) => {
          const bytes = objects * own.bytesEach;
          if (total() - own.bytes + bytes > limitBytes * (1 - SPARE))
            throw overBudget(own, objects, bytes);
        },
        close: () => accounts.delete(own),
      };
    },
  };
}

const STRING_BYTES = 16;
const FIELD_BYTES = 8;
const OBJECT_BYTES = 24;

/** About so much memory a plain value takes; what several share is counted for each. */
export function bytesOf(value: unknown): number {
  if (typeof value === 'string') return STRING_BYTES + value.length;
  if (typeof value !== 'object' || value === null) return 0;
  const values = Object.values(value);
  return values.reduce<number>((sum, each) => sum + FIELD_BYTES + bytesOf(each), OBJECT_BYTES);
}
