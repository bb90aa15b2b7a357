import type { SnapshotJson } from '../derive/snapshot-json.ts';
import { collectSnapshot } from './run-snapshot.ts';
import type { CollectOptions } from './run-snapshot.ts';

/** Exit codes of the monitoring-plugin convention. */
const CODES = { ok: 0, warning: 1, critical: 2, unknown: 3 } as const;
const WORDS = { ok: 'OK', warning: 'WARNING', critical: 'CRITICAL', unknown: 'UNKNOWN' } as const;

export type Verdict = { readonly state: keyof typeof CODES; readonly line: string };

/** The verdict of a snapshot: the worst root problem; unknown when nothing answers and nothing says why. */
export function judge({ problems, sources }: SnapshotJson): Verdict {
  const roots = problems.filter(({ cause }) => cause === null);
  const of = (severity: string) => roots.filter((problem) => problem.severity === severity);
  const blind = sources.filter(({ state }) => state !== 'up').length;
  const [critical, warning] = [of('critical'), of('warning')];
  const state =
    critical.length > 0
      ? 'critical'
      : warning.length > 0
        ? 'warning'
        : blind > 0 || sources.length === 0
          ? 'unknown'
          : 'ok';
  const worst = roots[0];
  const folded = roots.reduce((sum, { consequences }) => sum + consequences, 0);
  const text =
    worst === undefined
      ? blind > 0
        ? `${blind} of ${sources.length} sources do not answer`
        : `${sources.length} sources answer, nothing wrong`
      : `${worst.subject} ${worst.title}${folded > 0 ? ` (${folded} folded)` : ''}${roots.length > 1 ? `, ${roots.length - 1} more` : ''}`;
  const numbers = `crit=${critical.length} warn=${warning.length} blind=${blind}`;
  return { state, line: `${WORDS[state]} ${text.replaceAll('|', '/')} | ${numbers}` };
}

/** A problem and what to do next; a bar would begin figures. */
const linesOf = ({ hint, severity, subject, title }: SnapshotJson['problems'][number]) =>
  [`${severity}: ${subject} ${title}`, ...(hint === '' ? [] : [`  next: ${hint}`])].map((line) =>
    line.replaceAll('|', '/'),
  );

/** `labtop check`. */
export async function runCheck(
  options: CollectOptions & { readonly json: boolean },
  out: (text: string) => void,
): Promise<number> {
  try {
    const snapshot = await collectSnapshot(options);
    const verdict = judge(snapshot);
    const roots = snapshot.problems.filter(({ cause }) => cause === null);
    out(
      options.json
        ? `${JSON.stringify({ state: verdict.state, line: verdict.line, problems: snapshot.problems }, null, 2)}\n`
        : `${[verdict.line, ...roots.flatMap(linesOf)].join('\n')}\n`,
    );
    return CODES[verdict.state];
  } catch (error) {
    out(`UNKNOWN ${error instanceof Error ? error.message.split('\n')[0] : String(error)}\n`);
    return CODES.unknown;
  }
}
