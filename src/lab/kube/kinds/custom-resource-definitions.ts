import { CLUSTER_AGE_DAYS, DAY_SECONDS } from '../model.ts';
import { defineKind, nameColumn, resourceOf, type Kind } from './kind.ts';

/** The definitions of the custom resources that the lab serves, without their schemas. */
export const customResourceDefinitions = (customs: readonly Kind[]): Kind =>
  defineKind({
    group: 'apiextensions.k8s.io',
    version: 'v1',
    kind: 'CustomResourceDefinition',
    plural: 'customresourcedefinitions',
    singular: 'customresourcedefinition',
    shortNames: ['crd', 'crds'],
    categories: ['api-extensions'],
    namespaced: false,
    generation: true,
    subresources: ['status'],
    columns: [
      nameColumn,
      {
        name: 'Created At',
        type: 'date',
        description: 'CreationTimestamp is the time when this object was created.',
        cell: ({ metadata }) => metadata.creationTimestamp,
      },
    ],
    fields: {},
    seed: (model) =>
      customs.map((kind) => {
        const created = model.ago((CLUSTER_AGE_DAYS - 1) * DAY_SECONDS);
        const names = {
          plural: kind.plural,
          singular: kind.singular,
          kind: kind.kind,
          listKind: `${kind.kind}List`,
          shortNames: kind.shortNames,
        };
        const condition = (type: string, reason: string, message: string): object => ({
          type,
          status: 'True',
          lastTransitionTime: created,
          reason,
          message,
        });
        return {
          apiVersion: 'apiextensions.k8s.io/v1',
          kind: 'CustomResourceDefinition',
          metadata: { name: resourceOf(kind), creationTimestamp: created },
          spec: {
            group: kind.group,
            names,
            scope: kind.namespaced ? 'Namespaced' : 'Cluster',
            conversion: { strategy: 'None' },
            versions: [{ name: kind.version, served: true, storage: true }],
          },
          status: {
            conditions: [
              condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
              condition(
                'Established',
                'InitialNamesAccepted',
                'the initial names have been accepted',
              ),
            ],
            acceptedNames: names,
            storedVersions: [kind.version],
          },
        };
      }),
  });
