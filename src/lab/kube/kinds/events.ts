import { record } from '../admission.ts';
import { pastRuns } from '../batch.ts';
import type { ClusterModel } from '../model.ts';
import { isJsonObject, type Draft, type KubeObject, textOf } from '../object.ts';
import { hash32 } from '../random.ts';
import { age, rfc3339 } from '../time.ts';
import { defineKind, nameColumn, type Column } from './kind.ts';

export type ObjectReference = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly fieldPath?: string;
  readonly resourceVersion?: string;
};

export type Event = KubeObject & {
  readonly involvedObject: ObjectReference;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count?: number;
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly series?: { readonly count: number; readonly lastObservedTime: string };
  readonly source?: { readonly component?: string; readonly host?: string };
  readonly reportingComponent?: string;
  readonly reportingInstance?: string;
};

/** What happened, before it is an object. */
export type Occurrence = {
  readonly about: ObjectReference;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly component: string;
  readonly host?: string;
};

/** The event of an occurrence. The same occurrence has the same name, so that a repetition finds it. */
export function eventDraft(
  occurrence: Occurrence,
  firstMs: number,
  lastMs: number,
  count = 1,
): Draft & Event {
  const { about, type, reason, message, component, host } = occurrence;
  const hash = hash32(`${about.uid} ${reason} ${message}`).toString(16).padStart(8, '0');
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      name: `${about.name}.18${hash}${hash32(component).toString(16).slice(0, 6)}`,
      namespace: about.namespace ?? 'default',
      creationTimestamp: rfc3339(firstMs),
    },
    involvedObject: about,
    reason,
    message,
    source: { component, ...(host && { host }) },
    firstTimestamp: rfc3339(firstMs),
    lastTimestamp: rfc3339(lastMs),
    count,
    type,
    eventTime: null,
    reportingComponent: component,
    reportingInstance: host ?? '',
  } as Draft & Event;
}

const lastSeen = ({ series, lastTimestamp, eventTime }: Event): string | null | undefined =>
  series?.lastObservedTime ?? lastTimestamp ?? eventTime;
const firstSeen = ({ firstTimestamp, eventTime }: Event): string | null | undefined =>
  firstTimestamp ?? eventTime;

/** What kubectl prints of an event, whichever group it is asked through. */
export const eventColumns: readonly Column<Event>[] = [
  {
    name: 'Last Seen',
    type: 'string',
    description: 'The time at which the most recent occurrence of this event was recorded.',
    cell: (event, now) => age(lastSeen(event), now),
  },
  {
    name: 'Type',
    type: 'string',
    description: 'Type of this event (Normal, Warning), new types could be added in the future',
    cell: ({ type }) => type,
  },
  {
    name: 'Reason',
    type: 'string',
    description:
      "This should be a short, machine understandable string that gives the reason for the transition into the object's current status.",
    cell: ({ reason }) => reason,
  },
  {
    name: 'Object',
    type: 'string',
    description: 'The object that this event is about.',
    cell: ({ involvedObject }) => `${involvedObject.kind.toLowerCase()}/${involvedObject.name}`,
  },
  {
    name: 'Subobject',
    type: 'string',
    wide: true,
    description: 'A field path of the object that this event is about.',
    cell: ({ involvedObject }) => involvedObject.fieldPath ?? '',
  },
  {
    name: 'Source',
    type: 'string',
    wide: true,
    description:
      'The component reporting this event. Should be a short machine understandable string.',
    cell: ({ source, reportingComponent, reportingInstance }) =>
      [source?.component || reportingComponent, source?.host || reportingInstance]
        .filter(Boolean)
        .join(', '),
  },
  {
    name: 'Message',
    type: 'string',
    description: 'A human-readable description of the status of this operation.',
    cell: ({ message }) => message.trim(),
  },
  {
    name: 'First Seen',
    type: 'string',
    wide: true,
    description: 'The time at which the event was first recorded.',
    cell: (event, now) => age(firstSeen(event), now),
  },
  {
    name: 'Count',
    type: 'string',
    wide: true,
    description: 'The number of times this event has occurred.',
    cell: ({ series, count }) => String(series?.count ?? count ?? 1),
  },
  { ...nameColumn, wide: true },
];

/** The fields that events can be selected by; the path to their object has another name in each group. */
export const eventFields = (
  path: 'involvedObject' | 'regarding',
): { readonly [label: string]: (object: KubeObject) => string } => {
  const about =
    (field: string) =>
    (object: KubeObject): string => {
      const reference = object[path];
      return isJsonObject(reference) ? textOf(reference[field]) : '';
    };
  const names = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];
  return {
    ...Object.fromEntries(names.map((name) => [`${path}.${name}`, about(name)])),
    reason: (object) => textOf(object['reason']),
    type: (object) => textOf(object['type']),
  };
};

/** What the kinds of both groups share. */
export const eventKind = {
  kind: 'Event',
  plural: 'events',
  singular: 'event',
  shortNames: ['ev'],
  namespaced: true,
  generation: false,
  subresources: [] as const,
  version: 'v1',
};

export const events = defineKind<Event>({
  ...eventKind,
  group: '',
  columns: eventColumns,
  fields: {
    ...eventFields('involvedObject'),
    source: ({ source }: KubeObject) => (isJsonObject(source) ? textOf(source['component']) : ''),
    reportingComponent: ({ reportingComponent }: KubeObject) => textOf(reportingComponent),
  },
  admit: (draft) => {
    const about = record(draft['involvedObject']);
    const text = (field: string): string => textOf(draft[field]);
    return {
      ...draft,
      involvedObject: { kind: '', name: '', ...about },
      type: text('type'),
      reason: text('reason'),
      message: text('message'),
    };
  },
  seed: seedEvents,
});

/** The last hour of a calm cluster: kind, namespace, name, type, reason, message, component, first and last minutes ago, count. */
const SEEDS: readonly (readonly [
  string,
  string,
  string,
  'Normal' | 'Warning',
  string,
  string,
  string,
  number,
  number,
  number,
])[] = [
  [
    'Certificate',
    'apps',
    'paperless-tls',
    'Normal',
    'Issuing',
    'Renewing certificate as renewal was scheduled at the configured time',
    'cert-manager-certificates-trigger',
    52,
    52,
    1,
  ],
  [
    'Certificate',
    'apps',
    'paperless-tls',
    'Normal',
    'Generated',
    'Stored new private key in temporary Secret resource "paperless-tls-k7x2p"',
    'cert-manager-certificates-key-manager',
    52,
    52,
    1,
  ],
  [
    'Certificate',
    'apps',
    'paperless-tls',
    'Normal',
    'Issuing',
    'The certificate has been successfully issued',
    'cert-manager-certificates-issuing',
    51,
    51,
    1,
  ],
  [
    'Deployment',
    'apps',
    'gitea-runner',
    'Normal',
    'ScalingReplicaSet',
    'Scaled up replica set gitea-runner-7bd6c9f5d8 from 1 to 2',
    'deployment-controller',
    44,
    44,
    1,
  ],
  [
    'Node',
    '',
    'worker3',
    'Normal',
    'NodeHasSufficientMemory',
    'Node worker3 status is now: NodeHasSufficientMemory',
    'kubelet',
    35,
    35,
    1,
  ],
  [
    'Service',
    'media',
    'jellyfin',
    'Normal',
    'UpdatedLoadBalancer',
    'Updated load balancer with new hosts',
    'service-controller',
    27,
    27,
    1,
  ],
  [
    'VirtualMachineInstance',
    'apps',
    'build-debian',
    'Normal',
    'Started',
    'VirtualMachineInstance started.',
    'virt-handler',
    19,
    19,
    1,
  ],
];

/** An API server keeps events for an hour. */
const KEPT_MS = 3_600_000;

function seedEvents(model: ClusterModel): readonly Draft[] {
  const runs = pastRuns(model).filter(({ endedMs }) => endedMs > model.nowMs - KEPT_MS);
  return [
    ...seededEvents(model),
    ...runs.map(({ seed: { namespace, name }, job, endedMs }) =>
      eventDraft(
        {
          about: {
            apiVersion: 'batch/v1',
            kind: 'CronJob',
            name,
            namespace,
            uid: model.uid('CronJob', namespace, name),
          },
          type: 'Normal',
          reason: 'SawCompletedJob',
          message: `Saw completed job: ${job}, condition: Complete`,
          component: 'cronjob-controller',
        },
        endedMs,
        endedMs,
      ),
    ),
  ];
}

function seededEvents(model: ClusterModel): readonly Draft[] {
  return SEEDS.map(
    ([kind, namespace, name, type, reason, message, component, first, last, count]) => {
      const about = {
        apiVersion: 'v1',
        kind,
        name,
        ...(namespace && { namespace }),
        uid: model.uid(kind, namespace || undefined, name),
      };
      return eventDraft(
        { about, type, reason, message, component },
        model.nowMs - first * 60_000,
        model.nowMs - last * 60_000,
        count,
      );
    },
  );
}
