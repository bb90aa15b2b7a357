import type { Usage } from '../domain/kube.ts';
import { textAt, timeAt } from './json-fields.ts';
import { parseQuantity } from './quantities.ts';

/**
 * `usage` of an object of metrics.k8s.io: `cpu` in nanocores (`n`) mostly, `memory` in `Ki`. null when one is missing.
 * @param timed the object with `timestamp`
 */
export function readUsage(usage: unknown, timed: unknown): Usage | null {
  const cores = parseQuantity(textAt(usage, 'cpu') ?? '');
  const memoryBytes = parseQuantity(textAt(usage, 'memory') ?? '');
  return cores === null || memoryBytes === null
    ? null
    : { cores, memoryBytes, at: timeAt(timed, 'timestamp') };
}
