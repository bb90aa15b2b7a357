import { expect, onTestFinished, test } from 'vitest';
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
  await expect.poll(() => Boolean(seen()), LIMIT).toBe(true);
}
const linesOf = (view: TextView | null) => view?.log.lines ?? [];

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
  await until(() => texts.follow(session)?.log.streams[0]?.error?.code === 'no-previous');
  texts.close();
  stage.lab.kube.setPodCrashLooping('apps', 'immich-redis-0');
  await until(() => texts.follow(session)?.log.streams[0]?.state === 'ended');
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
  await until(() => texts.follow(session)?.log.streams[0]?.state === 'failed');
  const { length } = linesOf(texts.follow(session));
  await until(() => linesOf(texts.follow(session)).length > length + 1);
  const lines = linesOf(texts.follow(session));
  expect(new Set(lines.map(({ at }) => at)).size).toBe(lines.length);
  expect(texts.follow(session)?.log.streams[0]?.state).toBe('open');
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
