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

const NOW = Date.UTC(2026, 10, 26, 19, 0, 0);
const done = (stdout: string, code = 0, stderr = ''): Answer => ({
  kind: 'done',
  stdout,
  stderr,
  code,
  durationMs: 1,
});

const LISTED = done(
  '-rw-r--r--   1 root     root       90211 2026-11-26 18:59:58.123456789 +0000 /var/adm/messages\n',
);

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
                if (question[0]?.[0] === 'ls')
                  return Promise.resolve(answers.get(`ls ${path}`) ?? done(''));
                return Promise.resolve(answers.get(path) ?? done('', 2, `cannot open ${path}`));
              },
            }
          : undefined,
      clock: () => NOW,
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

const line = (time: string, text: string) => `Nov 26 ${time} omni1 sshd[1]: ${text}`;

test('a span of time shows what was written since, in whatever zone the host writes its times', async () => {
  const lines = [
    line('19:40:00', 'old'),
    '  more of it',
    line('19:56:00', 'within'),
    'of it too',
    line('19:59:58', 'newest'),
  ];
  const { reader, texts, asked, answers } = open(
    { '/var/adm/messages': done(`${lines.join('\n')}\n`), 'ls /var/adm/messages': LISTED },
    { window: '5m' },
  );
  reader.setFiles([MESSAGES]);
  await expect.poll(texts).toEqual([lines[2], 'of it too', lines[4]]);
  expect(asked.slice(0, 2)).toEqual(['ls -lE /var/adm/messages', 'tail -20000 /var/adm/messages']);
  const next = line('20:00:03', 'next');
  answers.set('/var/adm/messages', done(`${[...lines, next].join('\n')}\n`));
  await expect.poll(texts).toEqual([lines[2], 'of it too', lines[4], next]);
  expect(asked.at(-1)).toBe('tail -500 /var/adm/messages');
});

test('nothing is shown of a span in which nothing was written, and all where no line tells its time', async () => {
  const quiet = open(
    {
      '/var/adm/messages': done(`${line('10:00:00', 'old')}\n`),
      'ls /var/adm/messages': done('- 2026-11-26 10:00:00.0 +0000 x'),
    },
    { window: '1h' },
  );
  quiet.reader.setFiles([MESSAGES]);
  await expect.poll(quiet.states).toEqual([['open', undefined]]);
  expect(quiet.texts()).toEqual([]);
  const plain = open({ '/var/adm/messages': done('a\nb\n') }, { window: '1h' });
  plain.reader.setFiles([MESSAGES]);
  await expect
    .poll(plain.texts)
    .toEqual(['omni1 messages: no line tells its time, these are the last 500', 'a', 'b']);
});

test('of a span whose text is too long fewer lines are looked through', async () => {
  const { reader, asked, answers, texts } = open(
    {
      '/var/adm/messages': { kind: 'too-large', bytes: 5_000_000 },
      'ls /var/adm/messages': LISTED,
    },
    { window: '1h' },
  );
  reader.setFiles([MESSAGES]);
  await expect.poll(() => asked.includes('tail -5000 /var/adm/messages')).toBe(true);
  answers.set('/var/adm/messages', done(`${line('18:59:58', 'newest')}\n`));
  await expect.poll(texts).toEqual([line('18:59:58', 'newest')]);
});
