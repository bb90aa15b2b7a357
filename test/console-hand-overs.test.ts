import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { defaultSettings } from '../src/config/load-config.ts';
import { createHandOvers, prefaceOf, returnText } from '../src/console-hand-overs.ts';
import type { HandOversOptions } from '../src/console-hand-overs.ts';
import type { HandOverPlan } from '../src/domain/hand-over.ts';
import type { Inventory } from '../src/domain/inventory.ts';
import type { Sources } from '../src/sources.ts';
import { settingsOf } from './collect/ssh/support/link.ts';
import { host, lab, zone } from './support/inventory.ts';

const console: HandOverPlan = {
  handOver: 'zone.console',
  subject: 'zone:omni1/etcd1',
  place: 'etcd1',
  host: 'omni1',
  argv: ['pfexec', '/usr/sbin/zlogin', '-C', 'etcd1'],
  ends: 'escape',
  fingerprint: '',
};

test('before it starts, the terminal tells what runs and how it is left', () => {
  expect(prefaceOf(console, '~', {})).toBe(
    '\r\nlabtop: zone etcd1 on omni1: ssh omni1 pfexec /usr/sbin/zlogin -C etcd1\r\n' +
      'labtop: leave it with: ~. at the beginning of a line\r\n\r\n',
  );
  const shell = {
    ...console,
    subject: 'host:omni1',
    place: 'omni1',
    argv: null,
    ends: 'exit',
  } as const;
  expect(prefaceOf(shell, '~', {})).toContain('labtop: host omni1: ssh omni1\r\n');
  expect(prefaceOf(shell, '~', {})).toContain('leave it with: exit');
});

test.each([{ SSH_CONNECTION: '192.0.2.1 5 192.0.2.2 22' }, { SSH_TTY: '/dev/pts/3' }])(
  'inside an ssh of their own (%j), people type its escape character twice',
  (env) => {
    expect(prefaceOf(console, '~', env)).toContain('leave it with: ~~. at the beginning of a line');
    expect(prefaceOf(console, '%', env)).toContain(
      'leave it with: %. at the beginning of a line\r',
    );
  },
);

test('the return tells how long, how it ended, and what changed', () => {
  const ended = {
    kind: 'ended',
    text: '',
    exitCode: 0,
    durationMs: 723_000,
    ledgerError: null,
  } as const;
  expect(returnText(console, ended, '1 new problem, 1 resolved; zone etcd1 rebooted')).toEqual({
    text: '12m in etcd1: 1 new problem, 1 resolved; zone etcd1 rebooted',
    tone: 'info',
  });
  expect(
    returnText(console, { ...ended, text: 'ended with exit code 3', exitCode: 3 }, ''),
  ).toEqual({
    text: 'etcd1: ended with exit code 3 · 12m in etcd1: nothing changed meanwhile',
    tone: 'warn',
  });
  expect(
    returnText(console, { ...ended, kind: 'failed', text: 'ssh to omni1 failed: refused' }, ''),
  ).toEqual({
    text: 'ssh to omni1 failed: refused · 12m in etcd1: nothing changed meanwhile',
    tone: 'bad',
  });
  expect(returnText(console, { ...ended, ledgerError: 'disk full' }, '').tone).toBe('bad');
  expect(returnText(console, { kind: 'refused', reason: 'no ledger' }, '')).toEqual({
    text: 'no ledger',
    tone: 'bad',
  });
});

function bench(inventory: Inventory, change: Partial<HandOversOptions> = {}) {
  const said: string[] = [];
  let suspended = 0;
  const given = createHandOvers({
    terminal: {
      suspend: () => {
        suspended += 1;
        return Promise.resolve();
      },
    },
    sources: () => ({ inventory: () => inventory, problems: () => [] }) as unknown as Sources,
    settings: defaultSettings,
    ledger: { before: () => Promise.resolve(), after: () => Promise.resolve() },
    readOnly: false,
    env: process.env,
    isTerminal: true,
    say: (text) => {
      said.push(text);
    },
    ...change,
  });
  return { given, said, suspended: () => suspended };
}
const small = lab([host('omni1', { zones: [zone('etcd1')] })]);

test('a read-only console opens no shell and no console', () => {
  const { given } = bench(small, { readOnly: true });
  for (const [id, subject] of [
    ['host.shell', 'host:omni1'],
    ['zone.shell', 'zone:omni1/etcd1'],
    ['zone.console', 'zone:omni1/etcd1'],
  ] as const)
    expect(given.plan(id, subject)).toEqual({
      unavailable: expect.stringMatching(/^read-only/) as string,
    });
});

test.each([
  ['hostkey-unknown', /is not known yet/],
  ['hostkey-changed', /is not the known one/],
] as const)('a host whose key is %s is not entered', (state, reason) => {
  const inventory = lab([host('omni1', { zones: [zone('etcd1')], source: { state } })]);
  for (const [id, subject] of [
    ['host.shell', 'host:omni1'],
    ['zone.console', 'zone:omni1/etcd1'],
  ] as const)
    expect(bench(inventory).given.plan(id, subject)).toEqual({
      unavailable: expect.stringMatching(reason) as string,
    });
});

test.each([
  [{ isTerminal: false }, /needs a terminal/],
  [{ env: { PATH: '/nonexistent' } }, /no ssh program in PATH/],
  [
    {
      ledger: {
        before: () => Promise.reject(new Error('disk full')),
        after: () => Promise.resolve(),
      },
    },
    /disk full/,
  ],
] satisfies readonly (readonly [Partial<HandOversOptions>, RegExp])[])(
  'nothing is opened, and it is said why: %#',
  async (change, reason) => {
    const { given, said, suspended } = bench(small, change);
    await given.run(console);
    expect(said).toEqual([expect.stringMatching(reason)]);
    expect(suspended()).toBe(0);
  },
);

test('who comes back from a shell sees what has changed there at once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'labtop-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'ssh'), '', { mode: 0o755 });
  const refreshed: [string, readonly string[]][] = [];
  const settings = defaultSettings();
  const { given } = bench(small, {
    env: { PATH: folder },
    terminal: { suspend: async (run) => run() },
    settings: () => ({ ...settings, hosts: [{ ...settingsOf(22), name: 'omni1' }] }),
    sources: () =>
      ({
        inventory: () => small,
        problems: () => [],
        refresh: (name: string, feeds: readonly string[]) => {
          refreshed.push([name, feeds]);
          return Promise.resolve();
        },
      }) as unknown as Sources,
    start: () => ({
      ended: Promise.resolve({ kind: 'exit', code: 0, log: '' }),
      end: () => {},
      abandon: () => {},
    }),
  });
  await given.run(console);
  expect(refreshed).toEqual([
    ['omni1', expect.arrayContaining(['zoneComponents', 'services', 'pools']) as string[]],
  ]);
  expect(refreshed[0]?.[1]).not.toContain('kstats');
});

test('jump hosts in a circle would be a process each without end: nothing is started', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'labtop-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  // It answers what it would do, and does nothing else.
  writeFileSync(
    join(folder, 'ssh'),
    `#!/bin/sh\nfor name; do :; done\n[ "$1" = -vG ] && echo "proxyjump $([ $name = a ] && echo b || echo a)"\n`,
    { mode: 0o755 },
  );
  const settings = defaultSettings();
  const said: string[] = [];
  let isStarted = false;
  const { given, suspended } = bench(small, {
    env: { PATH: folder },
    settings: () => ({ ...settings, hosts: [{ ...settingsOf(22), name: 'a', address: null }] }),
    say: (text) => said.push(text),
    start: () => {
      isStarted = true;
      throw new Error('started');
    },
  });
  await given.run({ ...console, host: 'a' });
  expect(said).toEqual([expect.stringContaining('ProxyJump goes round in a circle')]);
  expect(isStarted).toBe(false);
  expect(suspended()).toBe(0);
});
