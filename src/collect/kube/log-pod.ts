import { oneLine } from './kube-error.ts';
import type { ContainerLife } from './log-stream.ts';
import { asRecord, asText } from './status-error.ts';

const listOf = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.map(asRecord) : [];

/** Names of a v1 Pod's containers in the order in which they start; ephemeral ones, as of kubectl debug, are last. */
export function containersOf(pod: unknown): readonly string[] {
  const spec = asRecord(asRecord(pod)['spec']);
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((field) =>
    listOf(spec[field]).flatMap(({ name }) => (asText(name) === '' ? [] : [asText(name)])),
  );
}

/** What a v1 Pod tells of one of its containers. */
export function containerLife(pod: unknown, container: string): ContainerLife {
  const { metadata, status } = asRecord(pod);
  const { phase, containerStatuses, initContainerStatuses, ephemeralContainerStatuses } =
    asRecord(status);
  const own = [containerStatuses, initContainerStatuses, ephemeralContainerStatuses]
    .flatMap(listOf)
    .find(({ name }) => name === container);
  const state = asRecord(own?.['state']);
  const terminated = asRecord(state['terminated']);
  const lastTerminated = asRecord(asRecord(own?.['lastState'])['terminated']);
  const hasEnded = state['terminated'] !== undefined;
  const isPodOver = phase === 'Succeeded' || phase === 'Failed';
  const isInitDone =
    hasEnded && (terminated['exitCode'] ?? 0) === 0 && isIn(container, initContainerStatuses);
  const waiting = asText(asRecord(state['waiting'])['reason']);
  return {
    uid: asText(asRecord(metadata)['uid']),
    restarts: typeof own?.['restartCount'] === 'number' ? own['restartCount'] : 0,
    isOver: hasEnded && (isPodOver || isInitDone),
    waitsFor: waiting !== '' ? oneLine(waiting) : hasEnded ? 'ended' : null,
    lastEnd: endText(hasEnded ? terminated : lastTerminated),
  };
}

const isIn = (container: string, statuses: unknown): boolean =>
  listOf(statuses).some(({ name }) => name === container);

/** `exit 1, Error`, `signal 9, OOMKilled`. */
function endText(terminated: Readonly<Record<string, unknown>>): string | null {
  const { exitCode, signal, reason } = terminated;
  if (Object.keys(terminated).length === 0) return null;
  const how =
    typeof signal === 'number' && signal > 0 ? `signal ${signal}` : `exit ${Number(exitCode ?? 0)}`;
  return asText(reason) === '' ? how : `${how}, ${oneLine(asText(reason))}`;
}
