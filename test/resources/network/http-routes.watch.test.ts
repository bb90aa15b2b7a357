import { expect, test } from 'vitest';
import { httpRoutesWatch } from '../../../src/resources/network/http-routes.watch.ts';

const metadata = { name: 'photos', namespace: 'apps', uid: 'u1' };

test('keeps what is shown of a route; a parent without kind and namespace is a gateway beside it', () => {
  const object = {
    metadata: { ...metadata, creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { hostnames: ['photos.k8s.lab', 7] },
    status: {
      parents: [
        {
          parentRef: { name: 'public' },
          conditions: [{ type: 'Accepted', status: 'False', reason: 'NoMatchingListenerHostname' }],
        },
        { parentRef: { kind: 'Service', name: 'web', namespace: 'shop' } },
      ],
    },
  };
  expect(httpRoutesWatch.project(object)).toEqual({
    namespace: 'apps',
    name: 'photos',
    uid: 'u1',
    hostnames: ['photos.k8s.lab'],
    parents: [
      {
        kind: 'Gateway',
        namespace: 'apps',
        name: 'public',
        conditions: [
          {
            type: 'Accepted',
            status: 'False',
            reason: 'NoMatchingListenerHostname',
            message: null,
            since: null,
          },
        ],
      },
      { kind: 'Service', namespace: 'shop', name: 'web', conditions: [] },
    ],
    createdAt: Date.UTC(2026, 0, 1),
  });
});

test('one without a status is attached to nothing', () => {
  expect(httpRoutesWatch.project({ metadata })).toMatchObject({ hostnames: [], parents: [] });
});
