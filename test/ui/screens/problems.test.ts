import { expect, test } from 'vitest';
import type { Ref } from '../../../src/domain/ref.ts';
import { go, initialSession } from '../../../src/ui/session.ts';
import { drawScreen } from '../../support/drawn.ts';
import { problem } from '../../support/model.ts';
import { richModel, richProblems } from '../../support/rich-lab.ts';

const draw = (ref: Ref = 'host:omni2', cols = 120, rows = 40, problems = richProblems) =>
  drawScreen(
    richModel({
      problems,
      session: {
        ...go(initialSession, { kind: 'problems' } as const),
        problem: problems.find(({ subject }) => subject === ref)?.id ?? null,
      },
    }),
    cols,
    rows,
  );

test('the list has severity, time, root, what, folds and state, and what is explained beneath', () => {
  const list = draw().inside('problem-list').split('\n');
  expect(list[0]).toMatch(/SEV +SINCE +FOR +ROOT +WHAT +FOLDS +STATE/);
  expect(list[1]).toMatch(/>✗ CRIT .* 7m42s host omni2 +unreachable: port closed +9 open/);
  expect(list[2]).toMatch(/ ✗ CRIT .* └─node worker2 +not ready/);
  expect(list[3]).toMatch(/▲ WARN .*3d00h pool store1\/tank +DEGRADED/);
});

test('blind spots stand below it, and that nothing is left unexplained', () => {
  const list = draw().inside('problem-list');
  expect(list).toMatch(/11 symptoms in 2 roots; nothing is left unexplained/);
  expect(list).toMatch(/blind spots: omni2 down, no data for 7m42s/);
});

test('the tree belongs to the root of the selected problem, and names what it does not cause', () => {
  const tree = draw('node:infrak8s/worker2').inside('problem-tree');
  expect(tree).toMatch(/^ ✗ host omni2/);
  expect(tree).toMatch(/>?.*└─ ✗ node worker2/);
  expect(tree).toMatch(/not caused by host omni2: pool store1\/tank/);
  expect(draw('pool:store1/tank').inside('problem-tree')).toMatch(/^>▲ pool store1\/tank/);
});

test('beside it stands why, what to do, and what must stay up meanwhile', () => {
  const detail = draw().inside('problem-detail');
  expect(detail).toMatch(/why +error refused · attempts 3/);
  expect(detail).toMatch(/next +is sshd running\?/);
  expect(detail).toMatch(/folds +6 zones · 1 VM · 1 node · 1 pod/);
  expect(detail).toMatch(/keep up +etcd1 etcd3: their groups can lose no/);
  expect(detail).toMatch(/redundancy +▲ etcd +2\/3, no loss left/);
});

test('a problem that is explained names its cause', () => {
  expect(draw('node:infrak8s/worker2').inside('problem-detail')).toMatch(/caused by +host omni2/);
});

test('what cannot be confirmed now, and what flaps, says so', () => {
  const list = draw('zone:omni2/imap', 120, 40, [
    problem({ id: 'a', subject: 'zone:omni2/imap', confirmed: false }),
    problem({ id: 'b', subject: 'vm:omni1/x', evidence: { flapping: '5 changes in 40 min' } }),
  ]).inside('problem-list');
  expect(list).toMatch(/zone omni2\/imap .*last known/);
  expect(list).toMatch(/VM omni1\/x .*flapping/);
});

test('of two problems of one thing only the selected line is marked', () => {
  const list = draw('zone:omni1/squid', 120, 40, [
    problem({ id: 'a', subject: 'zone:omni1/squid', title: 'first' }),
    problem({ id: 'b', subject: 'zone:omni1/squid', title: 'second' }),
  ]).inside('problem-list');
  expect(list.split('\n').filter((line) => line.startsWith('>'))).toHaveLength(1);
});

test('a narrow screen drops columns, never the words', () => {
  const list = draw('host:omni2', 80, 24).inside('problem-list');
  expect(list).toMatch(/✗ CRIT +7m42s host omni2 +unreachable: port closed/);
});

test('a long list follows its selection and says what is above and below', () => {
  const problems = Array.from({ length: 40 }, (_, index) =>
    problem({ id: `p${index}`, subject: `zone:omni1/z${index}` }),
  );
  const { inside, titled } = draw('zone:omni1/z35', 80, 24, problems);
  expect(inside('problem-list')).toContain('>✗ CRIT  7m42s zone omni1/z35');
  expect(titled('What is wrong')).toMatch(/ \d+–36 of 40 /);
});

test('without a problem it says so, and who is blind', () => {
  const { inside } = draw('host:omni2', 120, 40, []);
  expect(inside('problem-list')).toContain('? no problem known   blind: omni2');
  expect(inside('problem-detail').trim()).toBe('');
});

test('in a line too narrow for it, a UUID makes room for what is wrong', () => {
  const problems = [
    problem({
      id: 'a',
      subject: 'storage:k/LonghornVolume/longhorn-system/pvc-6e08628e-8e03-4dc3-9a71-62860c4f9747',
      title: 'media/jellyfin-config has 2 of 3 replicas',
    }),
  ];
  const session = go(initialSession, { kind: 'pane', pane: 'vlans', tab: 0 });
  const strip = (cols: number) =>
    drawScreen(richModel({ session, problems }), cols, 24).lines.join('\n');
  expect(strip(100)).toMatch(/volume pvc-6e08628e…: media\/jellyfin-config has 2 of 3 replicas/);
  expect(strip(160)).toMatch(/volume pvc-6e08628e-8e03-4dc3-9a71-62860c4f9747: media/);
});
