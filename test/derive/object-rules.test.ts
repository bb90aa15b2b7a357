import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgeObjects } from '../../src/derive/object-rules.ts';
import type { Allowance, ObjectQuestion } from '../../src/derive/object-rules.ts';
import { nextProblems, noProblems } from '../../src/derive/problems.ts';
import type { KubeTable, Pod } from '../../src/domain/kube.ts';
import type { ObjectRule, ObjectVerdict } from '../../src/domain/problem.ts';
import { cluster, lab, NOW, ok, pod } from '../support/inventory.ts';
import { podEvents, podTable } from '../support/pod-storm.ts';

const MINUTE = 60_000;
const noLimits = { warning: Number.NaN, critical: Number.NaN };

/** Finds pods with restarts, and from their fifth minute on those that wait; counts what it looks at. */
function makeRule() {
  const seen: string[] = [];
  const rule: ObjectRule<'pods'> = {
    id: 'pod.restarted',
    scope: 'object',
    feed: 'pods',
    severity: 'warning',
    holdSeconds: 0,
    check: ({ namespace, name, restarts, phase }, of, now, { warning }): ObjectVerdict | null => {
      seen.push(name);
      const finding = {
        subject: `pod:${of}/${namespace}/${name}` as const,
        title: `restarted ${restarts} times`,
        evidence: {},
        hint: '',
      };
      if (restarts > (Number.isNaN(warning) ? 0 : warning)) return { finding };
      if (phase !== 'Pending') return null;
      return now < NOW + 5 * MINUTE ? { finding: null, until: NOW + 5 * MINUTE } : { finding };
    },
  };
  return { rule, seen };
}

const lots: Allowance = { left: Number.POSITIVE_INFINITY };
const many = Array.from({ length: 1000 }, (_, index) => pod(`web-${index}`));

function setUp(first: readonly Pod[] = many) {
  const { rule, seen } = makeRule();
  const pods = podTable(first);
  let table = pods.publish();
  let now = NOW;
  return {
    seen,
    happen: (...events: Parameters<typeof pods.happen>[0]) => {
      table = pods.happen(events);
    },
    wait: (ms: number) => {
      now += ms;
    },
    judge: (change: Partial<ObjectQuestion<Pod>> = {}, allowance = lots) => {
      seen.length = 0;
      return judgeObjects(
        { rule, table, cluster: 'k', now, limits: noLimits, ...change },
        allowance,
      )?.map(({ subject }) => subject);
    },
  };
}

test('looks at what has changed, and at nothing when nothing has', () => {
  const { judge, happen, seen } = setUp();
  expect(judge()).toEqual([]);
  expect(seen).toHaveLength(1000);
  expect(judge()).toEqual([]);
  expect(seen).toEqual([]);
  happen(
    { kind: 'put', pod: pod('web-7', { restarts: 2 }) },
    { kind: 'remove', pod: pod('web-8') },
  );
  expect(judge()).toEqual(['pod:k/default/web-7']);
  expect(seen).toEqual(['web-7']);
  happen({ kind: 'remove', pod: pod('web-7') });
  expect(judge()).toEqual([]);
  expect(seen).toEqual([]);
});

test('looks again at what time alone may change', () => {
  const { judge, happen, wait, seen } = setUp();
  happen({ kind: 'put', pod: pod('new', { phase: 'Pending' }) });
  expect(judge()).toEqual([]);
  wait(4 * MINUTE);
  expect(judge()).toEqual([]);
  expect(seen).toEqual([]);
  wait(MINUTE);
  expect(judge()).toEqual(['pod:k/default/new']);
  expect(seen).toEqual(['new']);
  // What it has said now holds until the pod changes.
  wait(MINUTE);
  judge();
  expect(seen).toEqual([]);
});

test('a clock that is set back makes it look again', () => {
  const { judge, happen, wait, seen } = setUp();
  happen({ kind: 'put', pod: pod('new', { phase: 'Pending' }) });
  wait(MINUTE);
  judge();
  wait(-MINUTE);
  judge();
  expect(seen).toEqual(['new']);
});

test('a first look at a large table takes several steps, and says nothing before the last', () => {
  const { judge, happen, seen } = setUp();
  happen({ kind: 'put', pod: pod('web-3', { restarts: 1 }) });
  const steps = [400, 400, 400].map((left) => {
    const findings = judge({}, { left });
    return [findings, seen.length];
  });
  expect(steps).toEqual([
    [undefined, 400],
    [undefined, 400],
    [['pod:k/default/web-3'], 200],
  ]);
});

test('what changes during a first look is looked at beside it', () => {
  const { judge, happen, seen } = setUp();
  judge({}, { left: 500 });
  happen(
    { kind: 'put', pod: pod('web-3', { restarts: 1 }) },
    { kind: 'put', pod: pod('web-900', { restarts: 1 }) },
    { kind: 'remove', pod: pod('web-901') },
    { kind: 'put', pod: pod('new', { restarts: 1 }) },
  );
  expect(judge({}, { left: 4 })).toBeUndefined();
  expect(seen).toEqual(['web-3', 'web-900', 'new']);
  expect(judge()?.toSorted()).toEqual([
    'pod:k/default/new',
    'pod:k/default/web-3',
    'pod:k/default/web-900',
  ]);
});

test('other limits make it look at all of them again', () => {
  const { judge, happen, seen } = setUp();
  happen({ kind: 'put', pod: pod('web-3', { restarts: 2 }) });
  expect(judge()).toHaveLength(1);
  expect(judge({ limits: { warning: 5, critical: 9 } })).toEqual([]);
  expect(seen).toHaveLength(1000);
});

test('whatever happened, it finds what a first look would find', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(podEvents, fc.constantFrom(0, 2 * MINUTE, -MINUTE)), { maxLength: 8 }),
      (rounds) => {
        const { judge, happen, wait } = setUp([]);
        for (const [events, ms] of rounds) {
          happen(...events);
          wait(ms);
          const anew = makeRule().rule;
          expect(judge()?.toSorted()).toEqual(judge({ rule: anew })?.toSorted());
        }
      },
    ),
  );
});

test('a step of the problems is not longer for a large table, and says that it is not done', () => {
  const { rule, seen } = makeRule();
  const all = Array.from({ length: 10_000 }, (_, index) =>
    pod(`web-${index}`, { restarts: Number(index === 9000) }),
  );
  const table: KubeTable<Pod> = podTable(all).publish();
  const base = cluster('k', [], []);
  const inventory = lab([], [{ ...base, feeds: { ...base.feeds, pods: ok(table) } }]);
  let state = noProblems;
  const steps: unknown[] = [];
  for (let step = 0; step < 4; step += 1) {
    seen.length = 0;
    state = nextProblems(state, [rule], inventory, NOW);
    steps.push([seen.length, state.unfinished, state.problems.length]);
  }
  expect(steps).toEqual([
    [4000, true, 0],
    [4000, true, 0],
    [2000, false, 1],
    [0, false, 1],
  ]);
});

test('many changes take several steps too, and what was found stays until it is looked at again', () => {
  const { rule, seen } = makeRule();
  const named = (index: number, restarts: number) => pod(`web-${index}`, { restarts });
  const all = Array.from({ length: 20_000 }, (_, index) => named(index, Number(index < 7000)));
  const pods = podTable(all);
  const base = cluster('k', [], []);
  const at = (table: KubeTable<Pod>) =>
    lab([], [{ ...base, feeds: { ...base.feeds, pods: ok(table) } }]);
  let inventory = at(pods.publish());
  let state = noProblems;
  for (let step = 0; step <= 5; step += 1) state = nextProblems(state, [rule], inventory, NOW);
  expect([state.unfinished, state.problems.length]).toEqual([false, 7000]);
  const put = (index: number) => ({ kind: 'put' as const, pod: named(index, 0) });
  inventory = at(pods.happen(Array.from({ length: 6000 }, (_, index) => put(index))));
  const steps: unknown[] = [];
  for (let step = 0; step < 3; step += 1) {
    seen.length = 0;
    // One changes once more while others wait.
    if (step === 1) inventory = at(pods.happen([put(6500)]));
    state = nextProblems(state, [rule], inventory, NOW);
    const found = [...state.cases.values()].filter(({ goneSince }) => goneSince === null);
    steps.push([seen.length, state.unfinished, found.length]);
  }
  expect(steps).toEqual([
    [4000, true, 3000],
    [2001, false, 999],
    [0, false, 999],
  ]);
  expect(state.problems.every(({ confirmed }) => confirmed)).toBe(true);
});

test('a rule that throws is asked anew', () => {
  const { rule } = makeRule();
  let isBroken = true;
  const fragile: ObjectRule<'pods'> = {
    ...rule,
    check: (object, ...rest) => {
      if (isBroken && object.name === 'b') throw new Error('broken');
      return rule.check(object, ...rest);
    },
  };
  const base = cluster('k', [], []);
  const pods = podTable([pod('a', { restarts: 1 }), pod('b', { restarts: 1 })]).publish();
  const inventory = lab([], [{ ...base, feeds: { ...base.feeds, pods: ok(pods) } }]);
  const first = nextProblems(noProblems, [fragile], inventory, NOW);
  expect(first.problems.map(({ subject }) => subject)).toEqual(['source:pod.restarted']);
  isBroken = false;
  const second = nextProblems(first, [fragile], inventory, NOW + 10_000);
  const subjects = second.problems.map(({ subject }) => subject);
  expect(subjects.filter((subject) => subject.startsWith('pod:'))).toEqual([
    'pod:k/default/a',
    'pod:k/default/b',
  ]);
});
