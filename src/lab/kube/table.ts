import type { Cell, Column, Kind } from './kinds/kind.ts';
import type { KubeObject, ObjectMeta } from './object.ts';

/** How much of the object a Table row carries. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

export type PartialObject = {
  readonly kind: 'PartialObjectMetadata';
  readonly apiVersion: 'meta.k8s.io/v1';
  readonly metadata: ObjectMeta;
};

/** `PartialObjectMetadata`: an object without spec and status. It keeps its managedFields, as the server does. */
export const partialOf = ({ metadata }: KubeObject): PartialObject => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata,
});

type Row = {
  readonly cells: readonly Cell[];
  readonly conditions?: readonly unknown[];
  readonly object: unknown;
};

/** `columnDefinitions` of a kind's Table. */
export function columnDefinitions(kind: Kind): readonly unknown[] {
  return kind.columns.map(({ name, type, format, wide, description }: Column<KubeObject>) => ({
    name,
    type,
    format: format ?? '',
    description,
    priority: wide ? 1 : 0,
  }));
}

/** One row; `shown` is the object in the version in which it is served. */
export function rowOf(kind: Kind, shown: KubeObject, include: IncludeObject, nowMs: number): Row {
  const conditions = kind.rowConditions?.(shown) ?? [];
  return {
    cells: kind.columns.map(({ cell }) => cell(shown, nowMs)),
    ...(conditions.length > 0 && { conditions }),
    object: include === 'None' ? null : include === 'Object' ? shown : partialOf(shown),
  };
}
