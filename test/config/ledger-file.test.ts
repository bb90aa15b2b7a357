import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLedgerFile, readLedgerTail } from '../../src/config/ledger-file.ts';

let root = '';
let dir = '';
let file = '';
const NOON = Date.UTC(2026, 10, 23, 12);
const clock = (): number => NOON;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'labtop-ledger-'));
  dir = join(root, 'state', 'labtop');
  file = join(dir, 'ledger.jsonl');
});
afterEach(() => {
  rmSync(root, { recursive: true });
});
const lines = (): readonly unknown[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));

test('writes a line before and a line after, with the time', async () => {
  const ledger = createLedgerFile(dir, clock);
  await ledger.before({ action: 'zone.restart', subject: 'zone:omni1/etcd1' });
  expect(lines()).toHaveLength(1);
  await ledger.after({ action: 'zone.restart', code: 0 });
  expect(lines()).toEqual([
    {
      action: 'zone.restart',
      subject: 'zone:omni1/etcd1',
      at: '2026-11-23T12:00:00.000Z',
      phase: 'before',
    },
    { action: 'zone.restart', code: 0, at: '2026-11-23T12:00:00.000Z', phase: 'after' },
  ]);
});

test('is readable by its owner only, also when it was not', async () => {
  const ledger = createLedgerFile(dir, clock);
  await ledger.before({});
  expect(statSync(file).mode & 0o777).toBe(0o600);
  chmodSync(file, 0o644);
  await ledger.after({});
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('keeps the order of entries that are written at once', async () => {
  const ledger = createLedgerFile(dir, clock);
  await Promise.all(Array.from({ length: 50 }, (_, n) => ledger.before({ n })));
  expect(lines()).toMatchObject(Array.from({ length: 50 }, (_, n) => ({ n })));
});

test('begins a new line behind one that was cut off', async () => {
  mkdirSync(dir, { recursive: true });
  appendFileSync(file, '{"action":"zone.ha');
  await createLedgerFile(dir, clock).before({ n: 1 });
  const [torn, whole] = readFileSync(file, 'utf8').split('\n');
  expect(torn).toBe('{"action":"zone.ha');
  expect(JSON.parse(whole ?? '')).toMatchObject({ n: 1 });
});

test('goes on in a new file after a rotation', async () => {
  const ledger = createLedgerFile(dir, clock);
  await ledger.before({ n: 1 });
  renameSync(file, `${file}.1`);
  await ledger.after({ n: 2 });
  expect(lines()).toMatchObject([{ n: 2 }]);
});

test('writes nothing that a terminal would obey, and loses nothing', async () => {
  const output = '\u001B[2J\u009B2J\u202Ex\nline';
  await createLedgerFile(dir, clock).after({ output });
  const text = readFileSync(file, 'utf8');
  expect(text).toMatch(/^[\u0020-\u007E]+\n$/);
  expect(lines()).toMatchObject([{ output }]);
});

test('rejects when the place cannot be written, and works once it can', async () => {
  mkdirSync(file, { recursive: true });
  const ledger = createLedgerFile(dir, clock);
  await expect(ledger.before({})).rejects.toThrow(/cannot write the ledger .*EISDIR/);
  rmSync(file, { recursive: true });
  await ledger.before({ n: 2 });
  expect(lines()).toMatchObject([{ n: 2 }]);
});

test.skipIf(!existsSync('/dev/full'))('rejects when the disk is full', async () => {
  mkdirSync(dir, { recursive: true });
  symlinkSync('/dev/full', file);
  await expect(createLedgerFile(dir, clock).before({})).rejects.toThrow(/ENOSPC/);
});

test('rejects what cannot be written as JSON', async () => {
  await expect(createLedgerFile(dir, clock).before({ n: 1n })).rejects.toThrow(/BigInt/);
});

const entry = (run: string, change: object = {}) => ({
  run,
  user: 'sven',
  action: 'zone.restart',
  subject: 'zone:omni1/etcd1',
  ...change,
});

test('the two lines of a run are read as one action', async () => {
  let now = NOON;
  const ledger = createLedgerFile(dir, () => now);
  await ledger.before(entry('a'));
  await ledger.before(entry('b', { subject: 'zone:omni2/imap' }));
  now += 19_000;
  await ledger.after(entry('a', { outcome: 'verified', reason: 'running', durationMs: 19_000 }));
  expect(await readLedgerTail(dir, 10)).toEqual([
    {
      user: 'sven',
      action: 'zone.restart',
      subject: 'zone:omni1/etcd1',
      startedAt: NOON,
      end: { at: NOON + 19_000, outcome: 'verified', reason: 'running' },
    },
    {
      user: 'sven',
      action: 'zone.restart',
      subject: 'zone:omni2/imap',
      startedAt: NOON,
      end: null,
    },
  ]);
  expect((await readLedgerTail(dir, 1)).map(({ subject }) => subject)).toEqual(['zone:omni2/imap']);
});

test('a ledger that is not there, or not readable as one, tells of nothing', async () => {
  expect(await readLedgerTail(dir, 10)).toEqual([]);
  mkdirSync(dir, { recursive: true });
  appendFileSync(file, 'not JSON\n{"phase":"before"}\nnull\n[1]\n{"run":"x","at":"never"}\n{"ru');
  expect(await readLedgerTail(dir, 10)).toEqual([]);
});

test('of a long ledger the end is read, and a line that is cut there is left out', async () => {
  const ledger = createLedgerFile(dir, clock);
  for (let index = 0; index < 40; index += 1)
    await ledger.before(
      entry(`r${index}`, { subject: `zone:omni1/z${index}`, more: 'x'.repeat(4000) }),
    );
  const subjects = (await readLedgerTail(dir, 100)).map(({ subject }) => subject);
  expect(subjects.at(-1)).toBe('zone:omni1/z39');
  expect(subjects.length).toBeLessThan(20);
  expect(subjects.length).toBeGreaterThan(10);
});

test('control characters that someone wrote into the ledger are not passed on', async () => {
  mkdirSync(dir, { recursive: true });
  const line = { ...entry('x', { reason: 'a\u001B[2Jb', outcome: 'failed' }), phase: 'after' };
  appendFileSync(file, `${JSON.stringify({ ...line, at: new Date(NOON).toISOString() })}\n`);
  const [first] = await readLedgerTail(dir, 1);
  expect(first?.end?.reason).not.toContain('\u001B');
});
