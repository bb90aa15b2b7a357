import { bytes, UNKNOWN } from '../../domain/format.ts';
import type { Ref } from '../../domain/ref.ts';
import type { ToneName } from '../../domain/theme.ts';
import type { Model } from '../model.ts';
import type { Run } from './canvas.ts';
import { charted, chartLines, chartPoints, highest, roundUpBytes } from './chart.ts';
import type { Charted, Span } from './chart.ts';
import { muted, run } from './lines.ts';
import type { TextLine } from './lines.ts';

/** The rates of a thing over the span of all charts. */
export type RatesPast = { readonly span: Span; readonly rx: Charted; readonly tx: Charted };

export function chartedRates(model: Model, ref: Ref): RatesPast {
  const rx = charted(model, ref, 'rxBytesPerSecond');
  return { span: rx.span, rx, tx: charted(model, ref, 'txBytesPerSecond') };
}

/** Two charts of rates, in and out, that share their scale and their axis of time. */
export function rateCharts(
  { rx, tx }: RatesPast,
  width: number,
  height: number,
  tone: ToneName,
): readonly TextLine[] {
  const points = chartPoints(width, 'braille');
  const [into, out] = [rx.past(points), tx.past(points)];
  const ceiling = roundUpBytes(Math.max(highest(into), highest(out)), 1024);
  const each = Math.max(1, Math.floor(height / 2));
  // Without a sample there is no scale.
  const isKnown = [...into.points, ...out.points].some((value) => !Number.isNaN(value));
  const label = isKnown ? bytes : () => UNKNOWN;
  const common = { kind: 'braille', ceiling, label } as const;
  return [
    ...chartLines({ ...common, past: into, height: height - each, tone, axis: false }, width),
    ...chartLines(
      { ...common, past: out, height: each, tone: tone === 'accent' ? 'info' : tone },
      width,
    ),
  ];
}

/** What the title of two charts of rates says. */
export function rateWordings(
  { span, rx, tx }: RatesPast,
  width: number,
  now: readonly [number | null, number | null],
): readonly (readonly Run[])[] {
  const points = chartPoints(width, 'braille');
  const part = (word: string, tone: ToneName, value: number | null, most: number) => [
    run(`${word} `, tone),
    run(bytes(value)),
    ...(Number.isNaN(most) ? [] : [muted(' max '), run(bytes(most))]),
  ];
  const [into, out] = [rx.past(points).max, tx.past(points).max];
  const long = [
    ...part('in', 'accent', now[0], into),
    muted('  '),
    ...part('out', 'info', now[1], out),
    muted('  per s'),
  ];
  const short = [
    ...part('in', 'accent', now[0], Number.NaN),
    muted('  '),
    ...part('out', 'info', now[1], Number.NaN),
    muted(' per s'),
  ];
  return [[muted(`${span.id}  `), ...long], long, short];
}
