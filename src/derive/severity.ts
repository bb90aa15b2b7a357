import type { Problem, Severity } from '../domain/problem.ts';

const RANK: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, info: 2 };
/** Behind every severity. */
const NOTHING_BENEATH = 3;

/**
 * Roots first, critical ones before others; of those that are equally severe the one that has led to the worst, then the
 * older, then by name, so that the order never depends on chance.
 */
export function worstFirst(problems: readonly Problem[]): readonly Problem[] {
  const beneath = worstBeneath(problems);
  const rankBeneath = ({ id }: Problem): number => beneath.get(id) ?? NOTHING_BENEATH;
  return problems.toSorted(
    (a, b) =>
      Number(a.cause !== null) - Number(b.cause !== null) ||
      RANK[a.severity] - RANK[b.severity] ||
      rankBeneath(a) - rankBeneath(b) ||
      a.since - b.since ||
      (a.id < b.id ? -1 : 1),
  );
}

/** By the ids of causes the rank of the worst that they have led to, directly or through others. */
function worstBeneath(problems: readonly Problem[]): ReadonlyMap<string, number> {
  const causes = new Map(problems.map(({ id, cause }) => [id, cause]));
  const worst = new Map<string, number>();
  for (const { severity, cause } of problems) {
    const rank = RANK[severity];
    // What is noted of a cause is noted of all above it.
    for (let at = cause; at !== null && rank < (worst.get(at) ?? NOTHING_BENEATH);) {
      worst.set(at, rank);
      at = causes.get(at) ?? null;
    }
  }
  return worst;
}
