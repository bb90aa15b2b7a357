import { textOf, type KubeObject } from '../object.ts';
import { eventColumns, eventFields, eventKind, type Event } from './events.ts';
import { defineKind, type Column } from './kind.ts';

/** The same objects through the newer API group, with its field names. */
export const eventsV1 = defineKind<KubeObject>({
  ...eventKind,
  group: 'events.k8s.io',
  // The printer knows the older form; a row is made of the object that is stored.
  columns: eventColumns.map((column): Column<KubeObject> => ({
    ...column,
    cell: (object, now) => column.cell(toCore(object), now),
  })),
  fields: {
    ...eventFields('regarding'),
    reportingController: ({ reportingController }) => textOf(reportingController),
  },
  sameObjectsAs: {
    resource: 'events',
    show: (stored) => toEventsV1(stored as Event),
    keep: toCore,
  },
  seed: () => [],
});

function toEventsV1(event: Event): KubeObject {
  const {
    involvedObject,
    message,
    source,
    firstTimestamp,
    lastTimestamp,
    count,
    reportingComponent,
    apiVersion: _apiVersion,
    kind,
    metadata,
    ...rest
  } = event;
  return {
    kind,
    apiVersion: 'events.k8s.io/v1',
    metadata,
    ...rest,
    regarding: involvedObject,
    note: message,
    reportingController: reportingComponent,
    deprecatedSource: source,
    deprecatedFirstTimestamp: firstTimestamp,
    deprecatedLastTimestamp: lastTimestamp,
    deprecatedCount: count,
  };
}

function toCore(object: KubeObject): Event {
  const {
    regarding,
    note,
    reportingController,
    deprecatedSource,
    deprecatedFirstTimestamp,
    deprecatedLastTimestamp,
    deprecatedCount,
    apiVersion: _apiVersion,
    ...rest
  } = object;
  return {
    ...rest,
    apiVersion: 'v1',
    involvedObject: regarding,
    message: note ?? '',
    reportingComponent: reportingController,
    source: deprecatedSource,
    firstTimestamp: deprecatedFirstTimestamp,
    lastTimestamp: deprecatedLastTimestamp,
    count: deprecatedCount,
  } as unknown as Event;
}
