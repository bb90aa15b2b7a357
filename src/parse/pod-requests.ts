import { keysAt, listAt, textAt, valueAt } from './json-fields.ts';
import { parseQuantity } from './quantities.ts';

/** An amount of a resource in its base unit, and whether it is written in powers of 1024. */
export type Amount = { readonly value: number; readonly isBinary: boolean };
/** Amounts by the names of resources: `cpu`, `memory`, `nvidia.com/gpu`. */
export type Amounts = ReadonlyMap<string, Amount>;

/** What a list of resources says: `{ cpu: '100m', memory: '64Mi' }`; what is no quantity is left out. */
export function amountsAt(object: unknown, ...path: readonly string[]): Amounts {
  return new Map(
    keysAt(object, ...path).flatMap((name) => {
      const text = textAt(object, ...path, name);
      const value = text === null ? null : parseQuantity(text);
      return text === null || value === null
        ? []
        : [[name, { value, isBinary: text.endsWith('i') }] as const];
    }),
  );
}

const combine = (a: Amounts, b: Amounts, how: (x: number, y: number) => number): Amounts => {
  const all = new Map(a);
  for (const [name, more] of b) {
    const own = all.get(name);
    // As the quantities of the API do it, the first one says how a sum is written.
    all.set(name, own ? { value: how(own.value, more.value), isBinary: own.isBinary } : more);
  }
  return all;
};
export const sumOf = (all: readonly Amounts[]): Amounts =>
  all.reduce<Amounts>((a, b) => combine(a, b, (x, y) => x + y), new Map<string, Amount>());

/**
 * What a v1 Pod takes of its node, as `PodRequests` and `PodLimits` of k8s.io/component-helpers count it: all its
 * containers and sidecars together, or an init container beside the sidecars before it where that takes more; what is
 * said of the pod as a whole comes first; and the overhead of its runtime class.
 */
export function podAmounts(pod: unknown, which: 'requests' | 'limits'): Amounts {
  const own = (container: unknown): Amounts => amountsAt(container, 'resources', which);
  let sidecars: Amounts = new Map<string, Amount>();
  let most: Amounts = new Map<string, Amount>();
  for (const init of listAt(pod, 'spec', 'initContainers')) {
    const isSidecar = textAt(init, 'restartPolicy') === 'Always';
    if (isSidecar) sidecars = sumOf([sidecars, own(init)]);
    most = combine(most, isSidecar ? sidecars : sumOf([own(init), sidecars]), Math.max);
  }
  const running = sumOf([...listAt(pod, 'spec', 'containers').map(own), sidecars]);
  const together = combine(running, most, Math.max);
  const asWhole = new Map([...together, ...amountsAt(valueAt(pod, 'spec'), 'resources', which)]);
  const overhead = amountsAt(pod, 'spec', 'overhead');
  if (which === 'requests') return sumOf([asWhole, overhead]);
  // Overhead limits only what is limited.
  return sumOf([asWhole, new Map([...overhead].filter(([name]) => asWhole.has(name)))]);
}

const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const;
const DECIMAL = ['', 'k', 'M', 'G', 'T', 'P', 'E'] as const;

/** As the API writes a quantity: the largest unit in which it is a whole number. */
export function amountText({ value, isBinary }: Amount): string {
  if (value === 0) return '0';
  const milli = Math.ceil(value * 1000 - 1e-6);
  if (milli % 1000 !== 0) return `${milli}m`;
  let whole = milli / 1000;
  const [base, units] = isBinary && Math.abs(whole) >= 1024 ? [1024, BINARY] : [1000, DECIMAL];
  let unit = 0;
  while (whole % base === 0 && unit < units.length - 1) {
    whole /= base;
    unit += 1;
  }
  return `${whole}${units[unit] ?? ''}`;
}
