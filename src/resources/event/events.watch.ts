import type { KubeEvent } from '../../domain/kube-event.ts';
import type { ClusterWatch } from '../../domain/watch.ts';
import { numberAt, textAt, timeAt } from '../../parse/json-fields.ts';

/**
 * The events of a cluster: `v1` Event, which are the objects of `events.k8s.io` too. When one was last seen, and how
 * often, is told as kubectl does (`printEvent` in pkg/printers/internalversion/printers.go): by the series of the newer
 * form, else by the fields of the older one.
 */
export const eventsWatch: ClusterWatch<'events'> = {
  feed: 'events',
  group: '',
  versions: ['v1'],
  resource: 'events',
  namespaced: true,
  maxObjects: 10_000,
  newestBy: 'lastAt',
  shows: 'the events',
  project: (object): KubeEvent | undefined => {
    const namespace = textAt(object, 'metadata', 'namespace');
    const name = textAt(object, 'metadata', 'name');
    if (namespace === null || name === null) return undefined;
    const eventTime = timeAt(object, 'eventTime');
    return {
      namespace,
      name,
      type: textAt(object, 'type') ?? 'Normal',
      reason: textAt(object, 'reason') ?? '',
      message: (textAt(object, 'message') ?? '').trim(),
      object: {
        kind: textAt(object, 'involvedObject', 'kind') ?? '',
        namespace: textAt(object, 'involvedObject', 'namespace'),
        name: textAt(object, 'involvedObject', 'name') ?? '',
      },
      component: textAt(object, 'source', 'component') ?? textAt(object, 'reportingComponent'),
      count: numberAt(object, 'series', 'count') ?? numberAt(object, 'count') ?? 1,
      firstAt: timeAt(object, 'firstTimestamp') ?? eventTime,
      lastAt:
        timeAt(object, 'series', 'lastObservedTime') ??
        timeAt(object, 'lastTimestamp') ??
        eventTime ??
        timeAt(object, 'metadata', 'creationTimestamp'),
    };
  },
};
