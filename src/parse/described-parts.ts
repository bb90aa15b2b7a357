import type { DescribeContext } from '../domain/described.ts';
import { duration } from '../domain/format.ts';
import type { EpochMs } from '../domain/time.ts';
import type { Tone } from '../domain/view.ts';
import { entry } from './described-lines.ts';
import type { Entry, TableRow } from './described-lines.ts';
import { keysAt, listAt, numberAt, textAt, timeAt, valueAt } from './json-fields.ts';

export const NONE = '<none>';
/** The annotation repeats the whole object, for a Secret with its data. */
const NOT_SHOWN = new Set(['kubectl.kubernetes.io/last-applied-configuration']);

/** `key=value` of each, sorted. */
export const pairs = (
  object: unknown,
  path: readonly string[],
  separator: string,
): readonly string[] =>
  keysAt(object, ...path)
    .filter((key) => !NOT_SHOWN.has(key))
    .map((key) => `${key}${separator}${scalar(valueAt(object, ...path, key))}`);

/** A number, text or truth value as a text; an empty one for anything else. */
export function scalar(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? (textAt({ value: String(value) }, 'value') ?? '')
    : '';
}

/** An RFC 3339 time and how long ago it was. */
export function timeText(at: EpochMs | null, now: EpochMs): string {
  return at === null
    ? NONE
    : `${new Date(at).toISOString().replace('.000Z', 'Z')} (${duration(now - at)} ago)`;
}

/** What every object begins with: name, namespace, times, labels, annotations, controllers. */
export function metadataEntries(
  object: unknown,
  { now, owners }: DescribeContext,
): readonly Entry[] {
  const namespace = textAt(object, 'metadata', 'namespace');
  const deleted = timeAt(object, 'metadata', 'deletionTimestamp');
  return [
    entry('Name', textAt(object, 'metadata', 'name') ?? NONE),
    ...(namespace === null ? [] : [entry('Namespace', namespace)]),
    entry('Created', timeText(timeAt(object, 'metadata', 'creationTimestamp'), now)),
    ...(deleted === null ? [] : [entry('Terminating', timeText(deleted, now), 'warn')]),
    entry('Labels', pairs(object, ['metadata', 'labels'], '=')),
    entry('Annotations', pairs(object, ['metadata', 'annotations'], ': ')),
    ...(owners.length === 0 ? [] : [entry('Controlled By', owners.join(' of '))]),
  ];
}

/** Conditions whose truth is what is wrong. */
const BAD_WHEN_TRUE =
  /Pressure$|^NetworkUnavailable$|^(?:Replica)?Failure|^Failed$|^DisruptionTarget$/u;

function conditionTone(type: string, status: string): Tone {
  if (status === 'Unknown') return 'warn';
  return (status === 'True') === BAD_WHEN_TRUE.test(type) ? 'bad' : 'plain';
}

/** `status.conditions` with when they changed and why. */
export function conditionEntry(object: unknown, now: EpochMs): readonly Entry[] {
  const conditions = listAt(object, 'status', 'conditions');
  if (conditions.length === 0) return [];
  const rows = conditions.map((condition): TableRow => {
    const type = textAt(condition, 'type') ?? '';
    const status = textAt(condition, 'status') ?? '';
    const at = timeAt(condition, 'lastTransitionTime');
    return {
      cells: [
        type,
        status,
        at === null ? '' : duration(now - at),
        textAt(condition, 'reason') ?? '',
        textAt(condition, 'message') ?? '',
      ],
      tone: conditionTone(type, status),
    };
  });
  return [
    entry('Conditions', {
      rows: [{ cells: ['Type', 'Status', 'Since', 'Reason', 'Message'], tone: 'muted' }, ...rows],
    }),
  ];
}

/** Events with the newest last, as kubectl describe prints them. */
export function eventEntry({ events, now }: DescribeContext): Entry {
  if (events === null) return entry('Events', '<could not be read>', 'warn');
  if (events.length === 0) return entry('Events', NONE);
  const at = (event: unknown): EpochMs | null =>
    timeAt(event, 'series', 'lastObservedTime') ??
    timeAt(event, 'lastTimestamp') ??
    timeAt(event, 'eventTime') ??
    timeAt(event, 'metadata', 'creationTimestamp');
  const rows = events
    .toSorted((a, b) => (at(a) ?? 0) - (at(b) ?? 0))
    .map((event): TableRow => {
      const type = textAt(event, 'type') ?? '';
      const last = at(event);
      const count = numberAt(event, 'series', 'count') ?? numberAt(event, 'count') ?? 1;
      const from =
        textAt(event, 'source', 'component') ?? textAt(event, 'reportingComponent') ?? '';
      return {
        cells: [
          type,
          textAt(event, 'reason') ?? '',
          `${last === null ? '' : duration(now - last)}${count > 1 ? ` (x${count})` : ''}`,
          from,
          textAt(event, 'message') ?? '',
        ],
        tone: type === 'Warning' ? 'warn' : 'plain',
      };
    });
  return entry('Events', {
    rows: [{ cells: ['Type', 'Reason', 'Age', 'From', 'Message'], tone: 'muted' }, ...rows],
  });
}
