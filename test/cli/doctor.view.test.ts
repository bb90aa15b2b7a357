import { expect, test } from 'vitest';
import { doctorView } from '../../src/cli/doctor.view.ts';
import { checkRef } from '../../src/domain/ref.ts';
import { bindView } from '../../src/domain/view.ts';
import { clusterWatches, hostCommands } from '../../src/registry.ts';
import { makeInventory } from '../derive/inventory.ts';
import { host, NOW, ok } from '../support/inventory.ts';
import type { HostShape } from '../support/inventory.ts';

const view = bindView(doctorView(hostCommands, clusterWatches));
const look = (shape: HostShape) => {
  const inventory = makeInventory({ hosts: [host('omni1', shape)] });
  return view.rows(inventory, NOW).map((row) => ({
    ref: row.ref,
    sign: row.sign,
    cells: view.columns.map((_, column) => row.text(column)),
    detail: view.detail(row.ref, inventory, NOW) ?? [],
  }));
};
const DENIED = { status: 'denied', reason: 'additional privilege', at: NOW } as const;

test('a host that answers everything is one row, beside what may be done on it', () => {
  const [first, ...others] = look({});
  expect(first).toMatchObject({ ref: checkRef('omni1'), sign: 'ok' });
  expect(first?.cells).toEqual([
    'omni1',
    'host',
    'ok',
    expect.any(String),
    expect.stringMatching(/^(\d+) of \1 questions answered, r151058 as labtop$/),
  ]);
  expect(others.map(({ cells }) => cells[1])).toEqual(others.map(() => 'may'));
});

test('a right that is missing says what it hides, and opens the lines that grant it', () => {
  const row = look({ feeds: { faults: DENIED } }).find(
    ({ ref }) => ref === checkRef('omni1', 'fmadm-faulty'),
  );
  expect(row).toMatchObject({ sign: 'warning' });
  expect(row?.cells.slice(1, 3)).toEqual(['fmadm-faulty', 'denied']);
  expect(row?.cells.at(-1)).toMatch(/^hides faults/);
  const grants = row?.detail.find(({ title }) => title === 'What root runs on omni1');
  const text = grants?.lines.map((line) => line.text).join(' ') ?? '';
  expect(text).toMatch(/prof_attr\.d\/labtop.*\/usr\/sbin\/fmadm:privs=\s?sys_admin.*usermod -P/);
});

test('lines that were not understood are told with their reasons', () => {
  const zones = {
    ...ok([]),
    complaints: [{ line: 3, text: 'garbage', reason: 'expected 7 fields or more, found 1' }],
  };
  const row = look({ feeds: { zones } }).find(
    ({ ref }) => ref === checkRef('omni1', 'zoneadm-list'),
  );
  expect(row?.cells.slice(2)).toEqual(['unread', expect.any(String), '1 line not understood']);
  expect(row?.detail.at(-1)?.lines).toEqual([
    { label: 'line 3', text: 'expected 7 fields or more, found 1: garbage', tone: 'plain' },
  ]);
});
