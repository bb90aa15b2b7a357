import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { createTexts } from '../src/console-texts.ts';
import type { Texts } from '../src/console-texts.ts';
import { known } from '../src/domain/feed.ts';
import type { Ref } from '../src/domain/ref.ts';
import type { Sources } from '../src/sources.ts';
import type { TextView } from '../src/ui/model.ts';
import { readingOf } from '../src/ui/reading.ts';
import { go, initialSession } from '../src/ui/session.ts';
import type { Session } from '../src/ui/session.ts';
import { LIMIT, startStage, watchStage } from './support/stage.ts';
import type { Stage } from './support/stage.ts';

type Reader = {
  readonly stage: Stage;
  readonly sources: Sources;
  readonly texts: Texts;
  /** How often a change was told. */
  readonly changes: () => number;
};

/** Reads over the lab's API, as the console does, once its pods are known. */
async function open(): Promise<Reader> {
  const stage = await startStage();
  const sources = watchStage(stage);
  let changes = 0;
  const texts = createTexts(
    () => sources,
    () => {
      changes += 1;
    },
  );
  onTestFinished(texts.close);
  await expect
    .poll(
      () =>
        sources
          .inventory()
          .clusters.map(
            ({ feeds }) => known(feeds.pods, { revision: 0, byKey: new Map() }).byKey.size,
          ),
      LIMIT,
    )
    .toEqual([stage.lab.kube.store.count('pods')]);
  return { stage, sources, texts, changes: () => changes };
}

const logs = (refs: readonly Ref[], change: Partial<Session['texts']> = {}): Session => {
  const session = go(initialSession, { kind: 'log', refs });
  return { ...session, texts: { ...session.texts, ...change } };
};
const before = (session: Session): Session => ({
  ...session,
  reading: { ...readingOf(session), previous: true },
});
async function until(seen: () => unknown): Promise<void> {
  await expect.poll(async () => Boolean(await seen()), LIMIT).toBe(true);
}
const logOf = (view: TextView | null) => (view?.kind === 'log' ? view.log : undefined);
const linesOf = (view: TextView | null) => logOf(view)?.lines ?? [];

test('the log of a pod comes, goes on, and is the same as the API gives', async () => {
  const { texts, changes } = await open();
  const session = logs(['pod:infrak8s/apps/immich-redis-0']);
  await until(() => linesOf(texts.follow(session)).length === 500);
  const first = changes();
  await until(() => linesOf(texts.follow(session)).length > 501);
  expect(changes()).toBeGreaterThan(first);
  const lines = linesOf(texts.follow(session));
  expect(new Set(lines.map(({ at }) => at)).size).toBe(lines.length);
  expect(texts.follow(session)).toMatchObject({
    error: null,
    log: { streams: [{ container: 'valkey', state: 'open' }] },
  });
});

test('the logs of a workload are those of all its pods and containers; new pods join', async () => {
  const { stage, texts, sources } = await open();
  const session = logs(['workload:infrak8s/Deployment/apps/gitea-runner'], { window: '5m' });
  const heard = () =>
    new Set(linesOf(texts.follow(session)).map(({ pod, container }) => `${pod} ${container}`));
  const pods = () =>
    stage.lab.kube.store
      .list('pods', 'apps')
      .filter(({ metadata }) => metadata.name.startsWith('gitea-runner-'));
  await until(() => heard().size === pods().length * 2);
  const [gone] = pods();
  const had = new Set(pods().map(({ metadata }) => metadata.name));
  const path = `/api/v1/namespaces/apps/pods/${gone?.metadata.name}`;
  const reply = await sources
    .cluster('infrak8s')
    ?.request({ method: 'DELETE', path, timeoutSeconds: 20 });
  expect(reply?.kind).toBe('done');
  const fresh = () => pods().find(({ metadata }) => !had.has(metadata.name))?.metadata.name;
  await until(() => fresh() !== undefined && heard().has(`${fresh()} runner`));
  const kept = linesOf(texts.follow(session)).some(({ pod }) => pod === gone?.metadata.name);
  expect(kept).toBe(true);
});

test('the log before the last start of a crashed container is complete, and has its end', async () => {
  const { stage, texts } = await open();
  const session = before(logs(['pod:infrak8s/apps/immich-redis-0']));
  await until(() => logOf(texts.follow(session))?.streams[0]?.error?.code === 'no-previous');
  texts.close();
  stage.lab.kube.setPodCrashLooping('apps', 'immich-redis-0');
  await until(() => logOf(texts.follow(session))?.streams[0]?.state === 'ended');
  expect(linesOf(texts.follow(session)).at(-1)).toMatchObject({
    text: expect.stringMatching(/^fatal: .*\(exit 1\)$/),
    tone: 'bad',
  });
});

test('a part of another length is read anew, and leaving the place ends everything', async () => {
  const { texts } = await open();
  const session = logs(['pod:infrak8s/apps/immich-redis-0']);
  await until(() => linesOf(texts.follow(session)).length >= 500);
  const minute = logs(['pod:infrak8s/apps/immich-redis-0'], { window: '1m' });
  await until(() => {
    const { length } = linesOf(texts.follow(minute));
    return length > 0 && length < 200;
  });
  expect(texts.follow(initialSession)).toBe(null);
  expect(linesOf(texts.follow(session))).toEqual([]);
});

test('a connection that is cut is made again behind the last line', async () => {
  const { stage, texts } = await open();
  const session = logs(['pod:infrak8s/apps/immich-redis-0']);
  await until(() => linesOf(texts.follow(session)).length >= 500);
  stage.lab.kube.faults.cutConnections();
  await until(() => logOf(texts.follow(session))?.streams[0]?.state === 'failed');
  const { length } = linesOf(texts.follow(session));
  await until(() => linesOf(texts.follow(session)).length > length + 1);
  const lines = linesOf(texts.follow(session));
  expect(new Set(lines.map(({ at }) => at)).size).toBe(lines.length);
  expect(logOf(texts.follow(session))?.streams[0]?.state).toBe('open');
});

test('a workload without pods says so, and so does a console without sources', async () => {
  const { texts } = await open();
  const none = logs(['workload:infrak8s/Deployment/apps/nothing']);
  expect(texts.follow(none)?.error?.code).toBe('no-pods');
  const alone = createTexts(
    () => null,
    () => {},
  );
  expect(alone.follow(none)?.error?.code).toBe('not-connected');
});

const document = (what: 'yaml' | 'describe', ref: Ref): Session =>
  go(initialSession, { kind: 'document', what, ref });
const documentOf = (view: TextView | null) => {
  if (view?.kind !== 'document') throw new Error('no document');
  return view;
};
const textOf = (view: TextView | null): string =>
  documentOf(view)
    .lines.map(({ text }) => text)
    .join('\n');

test('YAML of an object is what the API gives now, without managedFields until they are wanted', async () => {
  const { stage, texts } = await open();
  const session = document('yaml', 'pod:infrak8s/apps/immich-redis-0');
  expect(documentOf(texts.follow(session))).toMatchObject({ isReading: true, lines: [] });
  await until(() => !documentOf(texts.follow(session)).isReading);
  const object = stage.lab.kube.store.get('pods', 'apps', 'immich-redis-0');
  const shown: unknown = parse(textOf(texts.follow(session)));
  expect(shown).toMatchObject({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'immich-redis-0', uid: object?.metadata.uid },
    spec: object?.['spec'],
    status: object?.['status'],
  });
  expect(textOf(texts.follow(session))).not.toContain('managedFields:');
  expect(documentOf(texts.follow(session)).resourceVersion).toBe(object?.metadata.resourceVersion);
  const managed = { ...session, reading: { ...readingOf(session), managed: true } };
  await until(() => textOf(texts.follow(managed)).includes('managedFields:'));
});

test('read again, it shows what has changed; what is gone says so, and stays in sight', async () => {
  const { sources, texts } = await open();
  const session = document('yaml', 'workload:infrak8s/Deployment/apps/gitea-runner');
  await until(() => /^ {2}replicas: 2$/mu.test(textOf(texts.follow(session))));
  const path = '/apis/apps/v1/namespaces/apps/deployments/gitea-runner';
  const request = sources.cluster('infrak8s')?.request;
  await request?.({
    method: 'PATCH',
    path,
    body: JSON.stringify({ spec: { replicas: 1 } }),
    contentType: 'application/merge-patch+json',
    timeoutSeconds: 20,
  });
  expect(textOf(texts.follow(session))).toMatch(/^ {2}replicas: 2$/mu);
  texts.reread();
  await until(() => /^ {2}replicas: 1$/mu.test(textOf(texts.follow(session))));
  await request?.({ method: 'DELETE', path, timeoutSeconds: 20 });
  await until(async () => {
    const reply = await request?.({ method: 'GET', path, timeoutSeconds: 20 });
    return reply?.kind === 'refused';
  });
  texts.reread();
  await until(() => documentOf(texts.follow(session)).error?.code === 'absent');
  expect(textOf(texts.follow(session))).toContain('kind: Deployment');
});

test('a pod is described with its containers, its controllers and its events', async () => {
  const { stage, texts } = await open();
  stage.lab.kube.setPodCrashLooping('apps', 'immich-redis-0');
  const session = document('describe', 'pod:infrak8s/apps/immich-redis-0');
  await until(() => documentOf(texts.follow(session)).at !== null);
  const text = textOf(texts.follow(session));
  for (const part of [
    /^Name: +immich-redis-0$/mu,
    /^Status: +CrashLoopBackOff$/mu,
    /^Containers:\n {2}valkey:\n {4}State: +Waiting, CrashLoopBackOff/mu,
    /Last State: +Terminated, Error, exit code 1/u,
    /^Controlled By: +StatefulSet\/immich-redis$/mu,
    /^Conditions:\n {2}Type +Status/mu,
    /Warning +BackOff +\S+ .*kubelet +Back-off restarting failed container/u,
  ])
    expect(text).toMatch(part);
});

test.for([
  ['pod:infrak8s/apps/POD', /^Controlled By: +ReplicaSet\/\S+ of Deployment\/gitea-runner$/mu],
  ['node:infrak8s/worker1', /^System Info: +.*\n(?:.*\n)* +kubeletVersion {2}v/mu],
  [
    'workload:infrak8s/Deployment/apps/gitea-runner',
    /^Pod Template:\n(?:.*\n)* {4}runner:\n +Image: +/mu,
  ],
  ['workload:infrak8s/DaemonSet/kube-system/cilium', /^Desired Nodes: +4$/mu],
  ['object:infrak8s/Service/kube-system/kube-dns', /clusterIP: /mu],
  ['storage:infrak8s/PersistentVolumeClaim/CLAIM', /^Status: +Bound$/mu],
  ['storage:infrak8s/LonghornVolume/VOLUME', /^Name: +\S+\nNamespace: +longhorn-system$/mu],
] as const)('%s is described', async ([ref, seen]) => {
  const { stage, texts } = await open();
  const pod = stage.lab.kube.store
    .list('pods', 'apps')
    .find(({ metadata }) => metadata.name.startsWith('gitea-runner-'));
  const keyOf = (resource: string): string => {
    const metadata = stage.lab.kube.store.list(resource)[0]?.metadata;
    return `${metadata?.namespace}/${metadata?.name}`;
  };
  const subject = ref
    .replace('POD', pod?.metadata.name ?? '')
    .replace('CLAIM', keyOf('persistentvolumeclaims'))
    .replace('VOLUME', keyOf('volumes.longhorn.io')) as Ref;
  const session = document('describe', subject);
  await until(() => documentOf(texts.follow(session)).at !== null);
  expect(textOf(texts.follow(session))).toMatch(seen);
});

test('what is no object says so; so does what is not there', async () => {
  const { texts } = await open();
  const errorOf = (ref: Ref) => documentOf(texts.follow(document('yaml', ref))).error;
  await until(
    () => errorOf('object:infrak8s/Nothing/x')?.message === 'the cluster serves no Nothing',
  );
  await until(() => errorOf('pod:infrak8s/apps/gone')?.code === 'absent');
  expect(errorOf('pod:infrak8s/apps/gone')?.hint).toContain('it is gone');
  await until(() => errorOf('object:infrak8s/BGPPeer/worker1/10.0.0.1')?.code === 'no-object');
});

test('the logs of three hosts are followed at once, and go on as lines are written', async () => {
  const { stage, texts } = await open();
  const session = logs(['host:omni1', 'host:omni2', 'host:store1']);
  const heard = () => new Set(linesOf(texts.follow(session)).map(({ pod }) => pod));
  await until(() => heard().size === 3);
  stage.lab.world.note('omni2', 'sshd[811]', 'Accepted publickey for admin');
  const last = () => linesOf(texts.follow(session)).at(-1);
  await until(() => last()?.text.endsWith('Accepted publickey for admin'));
  expect(last()).toMatchObject({ pod: 'omni2', container: 'messages' });
  const all = linesOf(texts.follow(session)).map(({ pod, text }) => `${pod} ${text}`);
  expect(new Set(all).size).toBe(all.length);
});

test('the log of a service that has given up is read where it is, also inside a zone', async () => {
  const { stage, texts, sources } = await open();
  const fmri = 'svc:/ooce/database/postgresql17:default';
  const isKnown = () => {
    const feed = sources.inventory().hosts.find(({ name }) => name === 'store1')
      ?.feeds.zoneServices;
    return feed?.status === 'ok' && feed.value.zones.has('postgres');
  };
  await until(isKnown);
  stage.lab.play('smf-maintenance');
  const said = (session: Session) =>
    linesOf(texts.follow(session)).some(({ text }) =>
      text.includes('changing state to maintenance'),
    );
  await until(() => said(logs([`service:store1/postgres/${fmri}`])));
  // The zone's own page has it beside what syslogd wrote there.
  const zone = logs(['zone:store1/postgres']);
  await until(() => said(zone));
  await expect
    .poll(() => new Set(linesOf(texts.follow(zone)).map(({ container }) => container)), LIMIT)
    .toEqual(new Set(['messages', 'postgresql17']));
});

test('a zone that may not be entered, and one without a known log, say so', async () => {
  const { stage, texts } = await open();
  stage.lab.host('store1').profile([]);
  const denied = logs(['zone:store1/postgres']);
  const streams = () => logOf(texts.follow(denied))?.streams ?? [];
  await until(() => streams()[0]?.state === 'failed');
  expect(streams()[0]?.error).toMatchObject({
    message: expect.stringContaining('lack sufficient privilege') as string,
    hint: expect.stringContaining('labtop doctor') as string,
  });
  const linux = logs(['zone:omni2/unifi']);
  await until(() => texts.follow(linux)?.error?.code === 'no-logs');
});
