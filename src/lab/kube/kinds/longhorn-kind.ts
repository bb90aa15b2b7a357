import { LONGHORN_API } from '../longhorn.ts';
import type { KubeObject } from '../object.ts';
import { ageColumn, defineKind, nameColumn, type Cell, type Column, type Kind } from './kind.ts';

/** A printer column of a custom resource; a field that is missing prints nothing. */
export const printed = <T extends KubeObject>(
  name: string,
  description: string,
  cell: (object: T) => Cell | undefined,
  type: Column<T>['type'] = 'string',
): Column<T> => ({ name, type, description, cell: (object) => cell(object) ?? '' });

/** A custom resource of Longhorn, in the version that its manager stores. */
export const longhornKind = <T extends KubeObject>(
  own: Pick<Kind<T>, 'kind' | 'plural' | 'singular' | 'shortNames' | 'columns' | 'seed'> & {
    /** Whether the age stands behind the columns. */
    readonly hasAge?: boolean;
  },
): Kind => {
  const { hasAge = true, columns, ...kind } = own;
  return defineKind<T>({
    ...LONGHORN_API,
    ...kind,
    namespaced: true,
    custom: true,
    generation: true,
    subresources: ['status'],
    columns: [nameColumn, ...columns, ...(hasAge ? [ageColumn] : [])],
    fields: {},
  });
};
