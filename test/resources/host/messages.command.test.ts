import fc from 'fast-check';
import { expect, test } from 'vitest';
import { messages } from '../../../src/resources/host/messages.command.ts';
import { makeHost } from '../../derive/inventory.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const parse = (name: string) => messages.parse(readFixture(`host/messages/${name}`)).value;

test('reads what syslogd and rsyslogd write', () => {
  expect(parse('usual.txt')).toEqual([
    {
      timeText: 'Nov 20 10:02:55',
      program: 'scsi',
      priority: 'kern.warning',
      text: 'WARNING: /pci@0,0/pci15d9,86c@1f,2/disk@0,0 (sd0):',
    },
    expect.objectContaining({ program: null, text: expect.stringMatching(/^Error for Command/) }),
    {
      timeText: 'Nov  3 01:02:03',
      program: 'sshd',
      priority: 'auth.info',
      text: 'Accepted publickey for labtop',
    },
    {
      timeText: 'Nov  3 01:02:04',
      program: null,
      priority: null,
      text: 'last message repeated 2 times',
    },
    expect.objectContaining({
      program: 'zoneadmd',
      text: "[zone 'web'] WARNING: something: with colons",
    }),
    {
      timeText: '2026-11-26T08:00:00',
      program: 'named',
      priority: null,
      text: 'zone example.org loaded',
    },
    expect.objectContaining({ timeText: null, program: null }),
  ]);
});

test('keeps a line in any other form as it is', () => {
  expect(parse('garbage-and-cut-off.txt').map(({ timeText }) => timeText)).toEqual([
    null,
    null,
    null,
    null,
  ]);
});

test('asks for a bounded part of the log', () => {
  expect(messages.question(makeHost('omni1'))).toEqual([['tail', '-60', '/var/adm/messages']]);
});

test('never throws', () => {
  fc.assert(
    fc.property(hostileText('host/messages'), (text) => {
      messages.parse(text);
    }),
  );
});
