import { expect, test } from 'vitest';
import { addMoment, laneOf, momentOf, timelineOf } from '../../src/ui/paint/timeline.ts';
import type { Moment } from '../../src/ui/paint/timeline.ts';
import { NOW } from '../support/inventory.ts';
import { problem } from '../support/model.ts';
import { richLab, richProblems } from '../support/rich-lab.ts';

const MINUTE = 60_000;
/** A whole number of minutes, so that a column is a minute. */
const END = Math.ceil(NOW / MINUTE) * MINUTE;
const moment = (minutesAgo: number, worst: Moment['worst'] = {}): Moment => ({
  at: END - minutesAgo * MINUTE,
  worst,
  blind: false,
});

test('a moment tells the worst of each lane, and whether a source is blind', () => {
  expect(momentOf(richProblems, richLab, NOW)).toEqual({
    at: NOW,
    worst: { hosts: 'critical', cluster: 'critical' },
    blind: true,
  });
});

test('a worse problem of the same lane wins, whatever the order', () => {
  const info = problem({ id: 'a', subject: 'zone:omni1/a', severity: 'info' });
  const warning = problem({ id: 'b', subject: 'vm:omni1/b', severity: 'warning' });
  for (const problems of [
    [info, warning],
    [warning, info],
  ])
    expect(momentOf(problems, richLab, NOW).worst).toEqual({ zones: 'warning' });
});

test('a moment that says what the last one said is not kept, and old ones go', () => {
  const first = [moment(200, { hosts: 'info' }), moment(120), moment(70, { zones: 'warning' })];
  expect(addMoment(first, moment(0, { zones: 'warning' }))).toBe(first);
  const next = addMoment(first, moment(0));
  // The one that was in force when the hour began stays.
  expect(next.map(({ at }) => (END - at) / MINUTE)).toEqual([70, 0]);
});

test('the memory of a lab that flaps for ever is bounded', () => {
  let moments: readonly Moment[] = [];
  for (let index = 0; index < 5000; index += 1)
    moments = addMoment(moments, {
      at: END + index,
      worst: index % 2 === 0 ? {} : { hosts: 'warning' },
      blind: false,
    });
  expect(moments.length).toBeLessThanOrEqual(2000);
});

test('a column is the worst of its stretch; before the first moment nothing is known', () => {
  const moments = [moment(30), moment(20, { hosts: 'critical' }), moment(10)];
  const { hosts, zones } = timelineOf(moments, [], END, 60);
  expect(hosts.slice(0, 29).every((cell) => cell === 'unknown')).toBe(true);
  expect(hosts.slice(31, 39).every((cell) => cell === 'fine')).toBe(true);
  expect(hosts.slice(41, 49).every((cell) => cell === 'critical')).toBe(true);
  expect(hosts.slice(51).every((cell) => cell === 'fine')).toBe(true);
  expect(zones.slice(31).every((cell) => cell === 'fine')).toBe(true);
});

test('a problem that is open now and tells when it began is drawn from then on', () => {
  const old = problem({ id: 'a', subject: 'host:omni2', since: END - 45 * MINUTE });
  const { hosts, cluster } = timelineOf([], [old], END, 60);
  expect(hosts.slice(0, 14).every((cell) => cell === 'unknown')).toBe(true);
  expect(hosts.slice(16).every((cell) => cell === 'critical')).toBe(true);
  expect(cluster.every((cell) => cell === 'unknown')).toBe(true);
});

test('every kind of thing has a lane', () => {
  const lane = (subject: Parameters<typeof problem>[0]['subject']) =>
    laneOf(problem({ id: 'x', subject }));
  expect(lane('pool:store1/tank')).toBe('hosts');
  expect(lane('link:omni1/aggr0')).toBe('hosts');
  expect(lane('vlan:48')).toBe('zones');
  expect(lane('pod:k/default/web-1')).toBe('cluster');
});
