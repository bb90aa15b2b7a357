import { expect, test } from 'vitest';
import { eventsWatch } from '../../../src/resources/event/events.watch.ts';

const metadata = {
  name: 'web-1.18a',
  namespace: 'shop',
  creationTimestamp: '2026-01-01T00:00:00Z',
};
const at = (minute: number) => Date.UTC(2026, 0, 1, 0, minute);

test('keeps what is shown of an event of the older form', () => {
  const object = {
    metadata,
    type: 'Warning',
    reason: 'BackOff',
    message: 'Back-off restarting failed container\n',
    involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web-1', uid: 'u1' },
    source: { component: 'kubelet', host: 'worker1' },
    count: 4,
    firstTimestamp: '2026-01-01T00:01:00Z',
    lastTimestamp: '2026-01-01T00:09:00Z',
    eventTime: null,
  };
  expect(eventsWatch.project(object)).toEqual({
    namespace: 'shop',
    name: 'web-1.18a',
    type: 'Warning',
    reason: 'BackOff',
    message: 'Back-off restarting failed container',
    object: { kind: 'Pod', namespace: 'shop', name: 'web-1' },
    component: 'kubelet',
    count: 4,
    firstAt: at(1),
    lastAt: at(9),
  });
});

test.for([
  [
    'a series tells how often and when last',
    {
      eventTime: '2026-01-01T00:02:00.000000Z',
      series: { count: 7, lastObservedTime: '2026-01-01T00:08:00.000000Z' },
      reportingComponent: 'scheduler',
    },
    { count: 7, firstAt: at(2), lastAt: at(8), component: 'scheduler' },
  ],
  [
    'an event without a series was once',
    { eventTime: '2026-01-01T00:02:00Z' },
    { count: 1, firstAt: at(2), lastAt: at(2) },
  ],
  [
    'one without any time was when it was written',
    { involvedObject: { kind: 'Node', name: 'worker1' } },
    {
      count: 1,
      firstAt: null,
      lastAt: at(0),
      object: { kind: 'Node', namespace: null, name: 'worker1' },
    },
  ],
] as const)('%s', ([, object, expected]) => {
  expect(eventsWatch.project({ metadata, ...object })).toMatchObject(expected);
});

test('is nothing of an object without a name', () => {
  expect(eventsWatch.project({ metadata: { namespace: 'shop' } })).toBeUndefined();
});
