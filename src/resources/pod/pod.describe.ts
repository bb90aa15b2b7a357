import type { Describer } from '../../domain/described.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { Tone } from '../../domain/view.ts';
import { describedLines, entry } from '../../parse/described-lines.ts';
import type { Entry } from '../../parse/described-lines.ts';
import {
  conditionEntry,
  eventEntry,
  metadataEntries,
  NONE,
  pairs,
  timeText,
} from '../../parse/described-parts.ts';
import { isTrueAt, listAt, numberAt, textAt, timeAt, valueAt } from '../../parse/json-fields.ts';
import { containerEntries, tolerationTexts, volumeEntries } from '../../parse/pod-parts.ts';
import { readPodStatus } from './pod-status.ts';

/** A v1 Pod, after `describePod` of kubectl's pkg/describe/describe.go. */
export const podDescriber: Describer = {
  kinds: ['Pod'],
  describe: (pod, context) => {
    const { now } = context;
    const { status } = readPodStatus(pod);
    const spec = valueAt(pod, 'spec');
    const reason = textAt(pod, 'status', 'reason');
    const message = textAt(pod, 'status', 'message');
    const init = listAt(spec, 'initContainers');
    return describedLines([
      ...metadataEntries(pod, context),
      entry('Priority', String(numberAt(spec, 'priority') ?? 0)),
      entry('Service Account', textAt(spec, 'serviceAccountName') ?? NONE),
      entry('Node', nodeText(pod)),
      entry('Start Time', timeText(timeAt(pod, 'status', 'startTime'), now)),
      entry('Status', status, status === 'Running' || status === 'Completed' ? 'plain' : 'bad'),
      ...(reason === null ? [] : [entry('Reason', reason, 'warn')]),
      ...(message === null ? [] : [entry('Message', message, 'warn')]),
      entry('IP', textAt(pod, 'status', 'podIP') ?? NONE),
      ...(init.length === 0
        ? []
        : [entry('Init Containers', containersOf(pod, init, 'initContainerStatuses', now))]),
      entry('Containers', containersOf(pod, listAt(spec, 'containers'), 'containerStatuses', now)),
      ...conditionEntry(pod, now),
      entry('Volumes', volumeEntries(spec)),
      entry('QoS Class', textAt(pod, 'status', 'qosClass') ?? NONE),
      entry('Node-Selectors', pairs(spec, ['nodeSelector'], '=')),
      entry('Tolerations', tolerationTexts(spec)),
      eventEntry(context),
    ]);
  },
};

function nodeText(pod: unknown): string {
  const node = textAt(pod, 'spec', 'nodeName');
  const ip = textAt(pod, 'status', 'hostIP');
  return node === null ? NONE : `${node}${ip === null ? '' : `/${ip}`}`;
}

const containersOf = (
  pod: unknown,
  containers: readonly unknown[],
  field: string,
  now: EpochMs,
): readonly Entry[] =>
  containers.map((container) => {
    const name = textAt(container, 'name') ?? '';
    const status = listAt(pod, 'status', field).find((each) => textAt(each, 'name') === name);
    return entry(name, [...stateEntries(status, now), ...containerEntries(container)]);
  });

/** What the kubelet tells of a container. */
function stateEntries(status: unknown, now: EpochMs): readonly Entry[] {
  if (status === undefined)
    return [entry('State', 'unknown: the kubelet has told nothing', 'warn')];
  const last = valueAt(status, 'lastState');
  const restarts = numberAt(status, 'restartCount') ?? 0;
  const isReady = isTrueAt(status, 'ready');
  const state = stateEntry('State', valueAt(status, 'state'), now);
  return [
    ...state,
    ...(valueAt(last, 'terminated') === undefined ? [] : stateEntry('Last State', last, now)),
    entry('Ready', isReady ? 'True' : 'False', isReady ? 'plain' : 'warn'),
    entry('Restart Count', String(restarts), restarts > 0 ? 'warn' : 'plain'),
    entry('Image ID', textAt(status, 'imageID') ?? NONE),
  ];
}

function stateEntry(label: string, state: unknown, now: EpochMs): readonly Entry[] {
  const running = valueAt(state, 'running');
  const waiting = valueAt(state, 'waiting');
  const terminated = valueAt(state, 'terminated');
  if (running !== undefined)
    return [entry(label, `Running since ${timeText(timeAt(running, 'startedAt'), now)}`)];
  if (terminated !== undefined) {
    const code = numberAt(terminated, 'exitCode') ?? 0;
    const signal = numberAt(terminated, 'signal') ?? 0;
    const tone: Tone = code === 0 && signal === 0 ? 'plain' : 'bad';
    const message = textAt(terminated, 'message');
    return [
      entry(
        label,
        [
          `Terminated, ${textAt(terminated, 'reason') ?? 'no reason'}, ${signal === 0 ? `exit code ${code}` : `signal ${signal}`}`,
          `started  ${timeText(timeAt(terminated, 'startedAt'), now)}`,
          `finished ${timeText(timeAt(terminated, 'finishedAt'), now)}`,
          ...(message === null ? [] : [message]),
        ],
        tone,
      ),
    ];
  }
  const reason = textAt(waiting, 'reason') ?? 'no reason';
  const message = textAt(waiting, 'message');
  return [entry(label, [`Waiting, ${reason}`, ...(message === null ? [] : [message])], 'warn')];
}
