import type { Ref } from '../../domain/ref.ts';
import type { Place } from '../session.ts';

/** What a click on a place of the screen means. */
export type Spot =
  /** A row or a line that can be selected, and opened when it is; of a table, with the first row in sight. */
  | { readonly kind: 'thing'; readonly ref: Ref; readonly top?: number }
  | { readonly kind: 'problem'; readonly id: string }
  /** A cell of the VLAN map; null is the whole row. */
  | { readonly kind: 'cell'; readonly ref: Ref; readonly col: number | null }
  | { readonly kind: 'tab'; readonly tab: number }
  | { readonly kind: 'place'; readonly place: Place }
  /** The title of a column. */
  | { readonly kind: 'column'; readonly column: string };

type Area = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

/** What was painted where, of what can be clicked; what was added later lies on top. */
export type Spots = {
  readonly add: (area: Area, spot: Spot) => void;
  readonly at: (x: number, y: number) => Spot | null;
};

export const contains = ({ x, y, width, height }: Area, column: number, row: number): boolean =>
  column >= x && column < x + width && row >= y && row < y + height;

export function createSpots(): Spots {
  const all: (readonly [Area, Spot])[] = [];
  return {
    add: (area, spot) => {
      all.push([area, spot]);
    },
    at: (x, y) => all.findLast(([area]) => contains(area, x, y))?.[1] ?? null,
  };
}
