import { expect, test } from 'vitest';
import { UNKNOWN } from '../../../src/domain/format.ts';
import { bindView } from '../../../src/domain/view.ts';
import { podView } from '../../../src/resources/pod/pod.view.ts';
import { cluster, lab, node, NOW, ok, pod } from '../../support/inventory.ts';

const view = bindView(podView);
const web = pod('web', { node: 'w1', status: 'Running', phase: 'Running' });
const usage = { cores: 0.25, memoryBytes: 2 ** 20, at: NOW };

function cellsOf(ready: 'True' | 'Unknown', at = NOW - 1000) {
  const known = cluster('k', [node('w1', { ready })], [web]);
  const byKey = new Map([[`${web.namespace}/${web.name}`, usage]]);
  const podUsage = ok({ revision: 1, byKey }, at);
  const [row] = view.rows(lab([], [{ ...known, feeds: { ...known.feeds, podUsage } }]), NOW);
  const text = (id: string) => row?.text(view.columns.findIndex((column) => column.id === id));
  return { sign: row?.sign, status: text('status'), cpu: text('cpu'), mem: text('mem') };
}

test('a pod that runs is well; what it takes is told', () => {
  expect(cellsOf('True')).toEqual({ sign: 'ok', status: 'Running', cpu: '0.25', mem: '1.0M' });
});

test('the phase of a pod on a node whose kubelet is silent is what it was: nobody knows how it is', () => {
  expect(cellsOf('Unknown').sign).toBe('unknown');
});

test('what was measured long ago is not what it takes', () => {
  expect(cellsOf('True', NOW - 3_600_000)).toMatchObject({ cpu: UNKNOWN, mem: UNKNOWN });
});
