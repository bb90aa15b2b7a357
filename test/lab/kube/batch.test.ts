import { afterEach, expect, test } from 'vitest';
import type { KubeApi } from '../../../src/lab/kube/api.ts';
import { clientOf, startQuickApi } from './client.ts';
import type { Body, Client } from './client.ts';

let api: KubeApi | undefined;
let client: Client | undefined;
afterEach(async () => {
  client?.close();
  await api?.close();
});

const open = async (): Promise<Client> => {
  api = await startQuickApi();
  client = clientOf(api);
  return client;
};

const JOBS = '/apis/batch/v1/namespaces/apps/jobs';
const template = {
  spec: { containers: [{ name: 'run', image: 'busybox' }], restartPolicy: 'Never' },
};

test('finished runs belong to their cron job, and their pods to them', async () => {
  const lab = await open();
  const cronJobs = (await lab.get('/apis/batch/v1/cronjobs')).body.items as Body[];
  const jobs = (await lab.get('/apis/batch/v1/jobs')).body.items as Body[];
  const pods = (await lab.get('/api/v1/pods')).body.items as Body[];
  const ran = cronJobs.filter(({ spec }) => !spec.suspend);
  expect(ran.length).toBeGreaterThan(1);
  for (const { metadata, status } of ran) {
    const own = jobs.filter((job) => job.metadata.ownerReferences[0].uid === metadata.uid);
    expect(own.map((job) => job.status.succeeded)).toEqual([1, 1, 1]);
    expect(own.map((job) => job.status.completionTime)).toContain(status.lastSuccessfulTime);
    for (const job of own) {
      const [pod, ...others] = pods.filter(
        ({ metadata: { ownerReferences = [] } }) => ownerReferences[0]?.uid === job.metadata.uid,
      );
      expect(others).toEqual([]);
      expect(pod?.status.phase).toBe('Succeeded');
      expect(pod?.metadata.labels['job-name']).toBe(job.metadata.name);
    }
  }
});

test('a job makes a pod, which runs to its end', async () => {
  const lab = await open();
  const watch = await lab.watch(`${JOBS}?watch=true&fieldSelector=metadata.name=once`);
  const made = await lab.request('POST', JOBS, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'once', namespace: 'apps' },
    spec: { template },
  });
  expect(made.status).toBe(201);
  await watch.until(({ object }) => object.status.active === 1);
  const { object } = await watch.until(({ object: job }) => job.status.succeeded === 1);
  expect(object.status.conditions).toMatchObject([{ type: 'Complete', status: 'True' }]);
  watch.close();
});

test('a cron job that is due makes a job, and is deleted with its jobs', async () => {
  const lab = await open();
  const path = '/apis/batch/v1/namespaces/apps/cronjobs';
  const watch = await lab.watch(`${JOBS}?watch=true`);
  const made = await lab.request('POST', path, {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'often', namespace: 'apps', creationTimestamp: '2020-01-01T00:00:00Z' },
    spec: { schedule: '* * * * *', jobTemplate: { spec: { template } } },
  });
  expect(made.status).toBe(201);
  // It was made in this minute, so nothing is due until the status says that the last time was long ago.
  await lab.request(
    'PATCH',
    `${path}/often/status`,
    { status: { lastScheduleTime: '2020-01-01T00:00:00Z' } },
    { 'content-type': 'application/merge-patch+json' },
  );
  const isOwn = ({ object }: { readonly object: Body }): boolean =>
    object.metadata.name.startsWith('often-');
  const { object } = await watch.until(isOwn);
  expect(object.metadata.ownerReferences).toMatchObject([{ kind: 'CronJob', name: 'often' }]);
  await lab.request('DELETE', `${path}/often`);
  await watch.until((line) => isOwn(line) && line.type === 'DELETED');
  watch.close();
});

test.for([
  ['jobs', { spec: {} }, 'spec.template'],
  ['cronjobs', { spec: { jobTemplate: { spec: { template } } } }, 'spec.schedule'],
] as const)('%s without what they need are refused', async ([plural, body, field]) => {
  const lab = await open();
  const answer = await lab.request('POST', `/apis/batch/v1/namespaces/apps/${plural}`, {
    apiVersion: 'batch/v1',
    kind: plural === 'jobs' ? 'Job' : 'CronJob',
    metadata: { name: 'bad', namespace: 'apps' },
    ...body,
  });
  expect(answer.status).toBe(422);
  expect(answer.body.message).toContain(field);
});
