/** What a number of samples says. */
export type Spread = { readonly p50: number; readonly p95: number; readonly p99: number };

export function spread(samples: readonly number[]): Spread {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** What a child of the bench hands to its parent: one JSON line on stdout, behind this mark. */
export const RESULT = '\u001E';

export const give = (result: unknown): void => {
  process.stdout.write(`${RESULT}${JSON.stringify(result)}\n`);
};
