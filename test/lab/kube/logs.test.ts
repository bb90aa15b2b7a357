import { afterEach, beforeEach, expect, test } from 'vitest';
import type { KubeApi } from '../../../src/lab/kube/api.ts';
import { clientOf, http2ClientOf, part, startQuickApi, type Client } from './client.ts';

let api: KubeApi;
let client: Client;
let nowMs = Date.UTC(2026, 8, 1, 12, 0, 0);
const LOG = '/api/v1/namespaces/apps/pods/immich-redis-0/log';

beforeEach(async () => {
  api = await startQuickApi({ clock: () => nowMs });
  client = clientOf(api);
});

afterEach(async () => {
  client.close();
  await api.close();
});

const linesOf = (text: string): readonly string[] => text.split('\n').slice(0, -1);

test('a log has its last lines, the same each time, with their times on request', async () => {
  const four = await client.get(`${LOG}?tailLines=4`);
  expect(four.headers['content-type']).toBe('text/plain');
  expect(linesOf(four.text)).toHaveLength(4);
  const stamped = await client.get(`${LOG}?tailLines=4&timestamps=true`);
  expect(linesOf(stamped.text).map((line) => line.slice(31))).toEqual(linesOf(four.text));
  for (const line of linesOf(stamped.text))
    expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z /u);
});

test('sinceSeconds and sinceTime leave only newer lines', async () => {
  const times = (text: string): readonly number[] =>
    linesOf(text).map((line) => Date.parse(line.slice(0, 24)));
  const bySeconds = times((await client.get(`${LOG}?sinceSeconds=30&timestamps=true`)).text);
  expect(bySeconds.length).toBeGreaterThan(5);
  expect(Math.min(...bySeconds)).toBeGreaterThanOrEqual(nowMs - 30_000);
  const byTime = await client.get(
    `${LOG}?sinceTime=${new Date(nowMs - 30_000).toISOString()}&timestamps=true`,
  );
  expect(times(byTime.text)).toEqual(bySeconds);
});

test('a followed log goes on with what is written, and ends with its pod', async () => {
  const second = http2ClientOf(api);
  const followed = second.get(`${LOG}?follow=true&tailLines=1`);
  const before = linesOf((await client.get(`${LOG}?tailLines=1`)).text);
  nowMs += 10_000;
  const expected = linesOf((await client.get(`${LOG}?sinceSeconds=10`)).text);
  await client.request('DELETE', '/api/v1/namespaces/apps/pods/immich-redis-0');
  const lines = linesOf((await followed).text);
  expect(lines.slice(0, 1)).toEqual(before);
  expect(lines.slice(-expected.length)).toEqual(expected);
  second.close();
});

test('with several containers one must be named', async () => {
  const name =
    api.store.list('pods', 'apps').find(({ metadata }) => metadata.name.startsWith('gitea-runner'))
      ?.metadata.name ?? '';
  const path = `/api/v1/namespaces/apps/pods/${name}/log`;
  const { status, body } = await client.get(path);
  expect([status, body.message]).toEqual([
    400,
    `a container name must be specified for pod ${name}, choose one of: [runner dind]`,
  ]);
  expect((await client.get(`${path}?container=dind&tailLines=1`)).status).toBe(200);
  expect((await client.get(`${path}?container=none`)).body.message).toBe(
    `container none is not valid for pod ${name}`,
  );
});

test('the log of an earlier life ends with its error; without an earlier life there is none', async () => {
  expect((await client.get(`${LOG}?previous=true`)).body.message).toBe(
    'previous terminated container "valkey" in pod "immich-redis-0" not found',
  );
  api.setPodCrashLooping('apps', 'immich-redis-0');
  const { text } = await client.get(`${LOG}?previous=true`);
  expect(linesOf(text).at(-1)).toMatch(/^fatal: .*\(exit 1\)$/u);
});

test('without a kubelet there is no log', async () => {
  const { nodeName: node } = part<{ nodeName: string }>(
    api.store.get('pods', 'apps', 'immich-redis-0'),
    'spec',
  );
  api.setNodeReady(node, 'Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.');
  const { status, body } = await client.get(LOG);
  expect(status).toBe(500);
  expect(body.message).toMatch(/10250: connect: no route to host$/u);
});
