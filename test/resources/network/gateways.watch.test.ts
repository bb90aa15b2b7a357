import { expect, test } from 'vitest';
import { gatewayTrouble } from '../../../src/domain/network.ts';
import { gatewaysWatch } from '../../../src/resources/network/gateways.watch.ts';

const metadata = { name: 'public', namespace: 'apps', uid: 'u1' };
const condition = (type: string, status: string) => ({
  type,
  status,
  reason: 'Why',
  message: 'because',
  lastTransitionTime: '2026-01-02T00:00:00Z',
});
const read = { reason: 'Why', message: 'because', since: Date.UTC(2026, 0, 2) };

test('keeps what is shown of a gateway', () => {
  const object = {
    metadata: { ...metadata, creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { gatewayClassName: 'cilium' },
    status: {
      addresses: [{ type: 'IPAddress', value: '10.127.64.21' }, {}],
      conditions: [condition('Accepted', 'True'), { type: 'Odd' }],
      listeners: [
        { name: 'https', attachedRoutes: 2, conditions: [condition('Programmed', 'False')] },
        {},
      ],
    },
  };
  expect(gatewaysWatch.project(object)).toEqual({
    namespace: 'apps',
    name: 'public',
    uid: 'u1',
    className: 'cilium',
    addresses: ['10.127.64.21'],
    conditions: [{ type: 'Accepted', status: 'True', ...read }],
    listeners: [
      {
        name: 'https',
        attachedRoutes: 2,
        conditions: [{ type: 'Programmed', status: 'False', ...read }],
      },
      { name: '', attachedRoutes: null, conditions: [] },
    ],
    createdAt: Date.UTC(2026, 0, 1),
  });
});

test('a gateway that no controller has looked at is in no known trouble', () => {
  const gateway = gatewaysWatch.project({ metadata });
  expect(gateway && gatewayTrouble(gateway)).toBeNull();
});
