import type { Problem, Severity } from '../domain/problem.ts';

const RANK: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, info: 2 };

/** Critical first, then the older, then by name, so that the order never depends on chance. */
export const bySeverityThenAge = (a: Problem, b: Problem): number =>
  RANK[a.severity] - RANK[b.severity] || a.since - b.since || (a.id < b.id ? -1 : 1);
