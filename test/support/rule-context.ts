import type { RuleContext } from '../../src/domain/problem.ts';

/** A rule without limits, of which nothing is raised. */
export const plainContext: RuleContext = {
  limits: { warning: Number.NaN, critical: Number.NaN },
  raised: () => null,
};
