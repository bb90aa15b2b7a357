import type { Admit } from '../admission.ts';
import type { ClusterModel } from '../model.ts';
import type { Draft, KubeObject } from '../object.ts';
import type { SelectableFields } from '../selectors.ts';
import { age } from '../time.ts';

/** One cell of a Table row. */
export type Cell = string | number | boolean;

/** A column as kubectl prints it; `wide` columns have priority 1 and show with `-o wide`. */
export type Column<T> = {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'date';
  readonly format?: 'name';
  readonly wide?: true;
  readonly description: string;
  readonly cell: (object: T, nowMs: number) => Cell;
};

/** The subresources that a kind may have. */
export type Subresource = 'status' | 'scale' | 'eviction' | 'log';

/** What the server must know of a kind to serve it: one file of this folder and one line of its registry. */
export type Kind<T extends KubeObject = KubeObject> = {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories?: readonly string[];
  readonly namespaced: boolean;
  /** The resource whose objects these are, when two API groups show the same ones. */
  readonly sameObjectsAs?: {
    readonly resource: string;
    readonly show: (stored: T) => KubeObject;
    readonly keep: (shown: KubeObject) => KubeObject;
  };
  /** A custom resource: its objects carry kind and apiVersion in lists too. */
  readonly custom?: true;
  /** Whether `metadata.generation` counts the changes of `spec`. */
  readonly generation: boolean;
  readonly subresources: readonly Subresource[];
  readonly columns: readonly Column<T>[];
  /** `conditions` of a Table row: kubectl hides completed rows by it. */
  readonly rowConditions?: (object: T) => readonly {
    readonly type: string;
    readonly status: string;
    readonly reason: string;
    readonly message: string;
  }[];
  readonly fields: { readonly [label: string]: (object: T) => string };
  /** Seconds of grace of a delete that names none; a kind without it is deleted at once. */
  readonly graceSeconds?: (object: T) => number;
  /** Defaults and checks of what clients write; a kind without it takes everything. */
  readonly admit?: Admit;
  /** The state of an object while something else must finish its deletion: it then stays until that removes it. */
  readonly terminating?: (object: T) => T;
  /** The objects that the cluster starts with. */
  readonly seed: (model: ClusterModel) => readonly Draft[];
};

/** Declares a kind with the type of its objects; what comes out serves any object, because the store keeps kinds apart. */
export function defineKind<T extends KubeObject>(kind: Kind<T>): Kind {
  return kind as unknown as Kind;
}

/** The name of a kind's resource in the store: `pods`, `deployments.apps`. */
export function resourceOf({
  group,
  plural,
}: {
  readonly group: string;
  readonly plural: string;
}): string {
  return group ? `${plural}.${group}` : plural;
}

export const apiVersionOf = ({
  group,
  version,
}: {
  readonly group: string;
  readonly version: string;
}): string => (group ? `${group}/${version}` : version);

/** The fields by which every kind can be selected, and its own. */
export function selectableFields(kind: Kind): SelectableFields {
  return {
    'metadata.name': ({ metadata }) => metadata.name,
    ...(kind.namespaced && {
      'metadata.namespace': ({ metadata }: KubeObject) => metadata.namespace ?? '',
    }),
    ...kind.fields,
  };
}

const NAME_TEXT =
  'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically.';
const CREATED_TEXT =
  'CreationTimestamp is a timestamp representing the server time when this object was created. It is represented in RFC3339 form and is in UTC.';

/** The first column of nearly every kind. */
export const nameColumn: Column<KubeObject> = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: NAME_TEXT,
  cell: ({ metadata }) => metadata.name,
};

export const ageColumn: Column<KubeObject> = {
  name: 'Age',
  type: 'string',
  description: CREATED_TEXT,
  cell: ({ metadata }, nowMs) => age(metadata.creationTimestamp, nowMs),
};
