import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { createHostLogReader, newLines } from '../../src/collect/host-log-reader.ts';
import type { LogFile } from '../../src/domain/host-logs.ts';
import type { LogChoice } from '../../src/domain/log.ts';
import type { Answer } from '../../src/domain/transport.ts';

const MESSAGES: LogFile = {
  host: 'omni1',
  zone: null,
  name: 'messages',
  path: '/var/adm/messages',
};
const INSIDE: LogFile = { ...MESSAGES, zone: 'web' };

const done = (stdout: string, code = 0, stderr = ''): Answer => ({
  kind: 'done',
  stdout,
  stderr,
  code,
  durationMs: 1,
});

function open(files: Readonly<Record<string, Answer>>, choice: Partial<LogChoice> = {}) {
  const answers = new Map(Object.entries(files));
  const asked: string[] = [];
  const reader = createHostLogReader(
    { window: 'tail', previous: false, ...choice },
    {
      link: (host) =>
        host === 'omni1'
          ? {
              ask: (question) => {
                const path = question[0]?.at(-1) ?? '';
                asked.push((question[0] ?? []).join(' '));
                return Promise.resolve(answers.get(path) ?? done('', 2, `cannot open ${path}`));
              },
            }
          : undefined,
      clock: () => 0,
      onChange: () => {},
      everyMs: 1,
    },
  );
  onTestFinished(reader.close);
  return {
    reader,
    asked,
    answers,
    texts: () => reader.snapshot().lines.map(({ text }) => text),
    states: () => reader.snapshot().streams.map(({ state, error }) => [state, error?.message]),
  };
}

test('lines come once, in their order, also when the file is another one by now', async () => {
  const { reader, answers, texts, states } = open({ '/var/adm/messages': done('a\nb\nhal') });
  reader.setFiles([MESSAGES]);
  await expect.poll(texts).toEqual(['a', 'b']);
  expect(states()).toEqual([['open', undefined]]);
  answers.set('/var/adm/messages', done('a\nb\nhalf\nc\n'));
  await expect.poll(texts).toEqual(['a', 'b', 'half', 'c']);
  answers.set('/var/adm/messages', done('anew\n'));
  await expect.poll(texts).toEqual(['a', 'b', 'half', 'c', 'anew']);
});

test('says how bad a line is, and lets nothing through that steers a terminal', async () => {
  const { reader } = open({
    '/var/adm/messages': done(
      'Nov 20 10:00:00 omni1 sshd[1]: [ID 1 auth.info] fine\n' +
        'Nov 20 10:00:00 omni1 scsi: [ID 2 kern.warning] WARNING: slow\n' +
        'Nov 20 10:00:00 omni1 fmd[2]: [ID 3 daemon.error] SUNW-MSG-ID: \u001B[2J\n',
    ),
  });
  reader.setFiles([MESSAGES]);
  await expect.poll(() => reader.snapshot().lines.length).toBe(3);
  const { lines } = reader.snapshot();
  expect(lines.map(({ tone }) => tone)).toEqual(['plain', 'warn', 'bad']);
  expect(lines.at(-1)?.text).not.toContain('\u001B');
  expect(lines.map(({ pod, container }) => `${pod} ${container}`)).toEqual(
    Array.from({ length: 3 }, () => 'omni1 messages'),
  );
});

test('a file that cannot be read is told, and tried again', async () => {
  const { reader, answers, states, texts } = open({});
  reader.setFiles([INSIDE]);
  await expect.poll(states).toEqual([['failed', 'cannot open /var/adm/messages']]);
  expect(reader.snapshot().streams[0]?.error?.hint).toContain('labtop doctor');
  answers.set('/var/adm/messages', done('there\n'));
  await expect.poll(texts).toEqual(['there']);
  expect(states()).toEqual([['open', undefined]]);
});

test('a host that is not there is no end of the others', async () => {
  const { reader, texts } = open({ '/var/adm/messages': done('a\n') });
  reader.setFiles([{ ...MESSAGES, host: 'gone' }, MESSAGES]);
  await expect.poll(texts).toEqual(['a']);
  expect(reader.snapshot().streams.map(({ state }) => state)).toEqual(['failed', 'open']);
});

test('what was put aside, and the beginning, are read once', async () => {
  const { reader, states, asked } = open(
    { '/var/adm/messages.0': done('old\n') },
    { previous: true },
  );
  reader.setFiles([MESSAGES]);
  await expect.poll(states).toEqual([['ended', undefined]]);
  reader.setFiles([MESSAGES]);
  expect(asked).toEqual(['tail -500 /var/adm/messages.0']);
});

test('nothing is read while it is held, nor after its end', async () => {
  const { reader, asked, texts } = open({ '/var/adm/messages': done('a\n') });
  reader.setFiles([MESSAGES]);
  await expect.poll(texts).toEqual(['a']);
  reader.hold(true);
  await expect.poll(() => reader.snapshot().isHeld).toBe(true);
  const held = asked.length;
  reader.mark('── here ──');
  await expect.poll(texts).toEqual(['a', '── here ──']);
  expect(asked.length).toBeLessThanOrEqual(held + 1);
  reader.hold(false);
  await expect.poll(() => asked.length).toBeGreaterThan(held + 1);
});

test('what is new is all that was written since, as long as less came than is asked for', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', 'b', 'c d'), { maxLength: 12 }),
      fc.array(fc.constantFrom('x', 'y'), { maxLength: 6 }),
      (before, more) => {
        const all = [...before, ...more];
        const shown = 12;
        const fresh = newLines(before.slice(-shown), all.slice(-shown));
        expect(fresh).toEqual(more);
      },
    ),
  );
});
