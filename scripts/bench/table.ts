/** One figure, with what it is compared with. */
export type Line = {
  readonly figure: string;
  readonly measured: string;
  readonly floor: string;
  readonly budget: string;
  readonly verdict: 'ok' | 'over' | '';
};
/** The heading of a group of lines. */
export type Group = { readonly title: string; readonly lines: readonly Line[] };

export const ms = (value: number): string =>
  `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
export const megabytes = (value: number | null): string =>
  value === null ? '┄' : `${value.toFixed(0)} MB`;
export const within = (isWithin: boolean): 'ok' | 'over' => (isWithin ? 'ok' : 'over');

export function print({ title, lines }: Group): void {
  const cells = lines.map(({ figure, measured, floor, budget, verdict }) => [
    figure,
    measured,
    budget,
    verdict,
    floor,
  ]);
  const widths = [46, 24, 14, 4];
  console.log(`\n${title}`);
  for (const row of cells)
    console.log(
      `  ${row.map((text, index) => text.padEnd(widths[index] ?? 0)).join('  ')}`.trimEnd(),
    );
}
