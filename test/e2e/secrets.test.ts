import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { toSnapshot } from '../../src/derive/snapshot.ts';
import type { LinkQuestion } from '../../src/domain/link-question.ts';
import type { Settings } from '../../src/domain/settings.ts';
import { createLog, logSources } from '../../src/log.ts';
import { startSources } from '../../src/sources.ts';
import { startFakeSshd } from '../collect/ssh/support/fake-sshd.ts';
import {
  knownHostsText,
  newKey,
  temporaryFolder,
  writePrivate,
} from '../collect/ssh/support/keys.ts';
import { settingsOf } from '../collect/ssh/support/link.ts';
import { until } from '../collect/ssh/support/wait.ts';

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const SECRETS = {
  passphrase: 'correct-horse-battery',
  wrong: 'wrong-horse-battery',
  password: 'staple-of-the-house',
  code: '493817-code',
};

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));

test('what a person answers is in no log, snapshot, status or file', async () => {
  const hostKey = newKey();
  const locked = newKey({ passphrase: SECRETS.passphrase });
  const keyHost = await startFakeSshd({ hostKeys: [hostKey], authorized: [locked] });
  const passwordHost = await startFakeSshd({
    hostKeys: [hostKey],
    authorized: [],
    onAuthentication: (context) => {
      if (context.method !== 'keyboard-interactive') context.reject(['keyboard-interactive']);
      else
        context.prompt(
          [
            { prompt: 'Password: ', echo: false },
            { prompt: 'Code: ', echo: true },
          ],
          (answers) => {
            if (answers.join() === `${SECRETS.password},${SECRETS.code}`) context.accept();
            else context.reject([]);
          },
        );
    },
  });
  endings.push(keyHost.close, passwordHost.close);
  const home = temporaryFolder();
  const state = join(home, 'state');
  mkdirSync(state);
  const settings: Settings = {
    hosts: [
      settingsOf(keyHost.port, {
        name: 'omni1',
        identityFiles: [writePrivate(home, 'id', locked.privateText)],
        knownHostsFiles: [writePrivate(state, 'known1', knownHostsText(keyHost.port, hostKey))],
      }),
      settingsOf(passwordHost.port, {
        name: 'omni2',
        identityFiles: [join(home, 'none')],
        knownHostsFiles: [
          writePrivate(state, 'known2', knownHostsText(passwordHost.port, hostKey)),
        ],
      }),
    ],
    clusters: [],
    vlanNames: new Map(),
    groups: [],
    roles: new Map(),
    snapshotHours: new Map(),
    intervals: { fast: 1, slow: 60, inventory: 300 },
    thresholds: {},
    ui: {
      theme: 'midnight',
      start: 'overview',
      mouse: true,
      unlockReason: false,
      escape: '~',
      keys: {},
    },
  };
  const sources = startSources(settings, { canAsk: true });
  endings.push(sources.close);
  logSources(sources, createLog(join(state, 'labtop.log')));
  const seen: string[] = [];
  sources.onChange(() => {
    const inventory = sources.inventory();
    seen.push(
      inspect(inventory, { depth: 20, maxArrayLength: null }),
      JSON.stringify(toSnapshot(inventory, sources.problems(), Date.now())),
    );
  });

  const question = async (host: string, but?: LinkQuestion): Promise<LinkQuestion> => {
    let asked: LinkQuestion | null | undefined;
    await until(() => {
      asked = sources.link(host)?.status().question;
      return asked !== null && asked !== undefined && asked.id !== but?.id;
    });
    if (!asked) throw new Error('no question');
    return asked;
  };
  const answer = (host: string, { id }: LinkQuestion, ...texts: readonly string[]): void =>
    sources.link(host)?.reply({ id, kind: 'texts', texts });
  const isUp = (host: string): boolean => sources.link(host)?.status().state === 'up';

  const first = await question('omni1');
  answer('omni1', first, SECRETS.wrong);
  answer('omni1', await question('omni1', first), SECRETS.passphrase);
  answer('omni2', await question('omni2'), SECRETS.password, SECRETS.code);
  await until(() => isUp('omni1') && isUp('omni2'));
  await until(() => seen.some((text) => text.includes("state: 'up'")));
  // What is lost and comes back leaves words as well.
  keyHost.cut();
  passwordHost.cut();
  await question('omni2');
  await until(() => isUp('omni1'));

  const traces = [...filesIn(state), ...seen, inspect(process.report.getReport(), { depth: 20 })];
  expect(traces.join('\n')).toContain('passphrase');
  for (const secret of Object.values(SECRETS))
    expect(traces.filter((text) => text.includes(secret))).toEqual([]);
});
