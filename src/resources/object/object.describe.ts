import type { Describer } from '../../domain/described.ts';
import { describedLines, entry } from '../../parse/described-lines.ts';
import type { Entry } from '../../parse/described-lines.ts';
import {
  conditionEntry,
  eventEntry,
  metadataEntries,
  NONE,
  pairs,
  scalar,
} from '../../parse/described-parts.ts';
import { listAt, textAt, valueAt } from '../../parse/json-fields.ts';

/** A v1 PersistentVolumeClaim, after `describePersistentVolumeClaim` of kubectl's pkg/describe/describe.go. */
export const claimDescriber: Describer = {
  kinds: ['PersistentVolumeClaim'],
  describe: (claim, context) => {
    const phase = textAt(claim, 'status', 'phase');
    const modes = listAt(claim, 'status', 'accessModes').map(scalar);
    return describedLines([
      ...metadataEntries(claim, context),
      entry('StorageClass', textAt(claim, 'spec', 'storageClassName') ?? NONE),
      entry('Status', phase ?? NONE, phase === 'Bound' ? 'plain' : 'bad'),
      entry('Volume', textAt(claim, 'spec', 'volumeName') ?? NONE),
      entry('Finalizers', listAt(claim, 'metadata', 'finalizers').map(scalar)),
      entry('Capacity', textAt(claim, 'status', 'capacity', 'storage') ?? NONE),
      entry('Requested', textAt(claim, 'spec', 'resources', 'requests', 'storage') ?? NONE),
      entry('Access Modes', modes.join(', ') || NONE),
      entry('VolumeMode', textAt(claim, 'spec', 'volumeMode') ?? NONE),
      ...conditionEntry(claim, context.now),
      eventEntry(context),
    ]);
  },
};

/** Any other object: what all objects have, and the plain values of its spec and status. */
export const objectDescriber: Describer = {
  kinds: [],
  describe: (object, context) => {
    const plain = (field: string): readonly Entry[] => {
      const texts = pairs(object, [field], ': ').filter((text) => !text.endsWith(': '));
      const label = `${field.charAt(0).toUpperCase()}${field.slice(1)}`;
      return valueAt(object, field) === undefined ? [] : [entry(label, texts)];
    };
    return describedLines([
      ...metadataEntries(object, context),
      ...plain('spec'),
      ...plain('status'),
      ...conditionEntry(object, context.now),
      eventEntry(context),
    ]);
  },
};
