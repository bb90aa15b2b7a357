import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyHost } from '../../../src/domain/empty.ts';
import { hostIdentity } from '../../../src/resources/host/host-identity.command.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const parse = (name: string) => hostIdentity.parse(readFixture(`host/host-identity/${name}`));

test('asks uname, os-release and id with a mark between', () => {
  expect(hostIdentity.question(emptyHost('omni1', 0))?.map((argv) => argv[0])).toEqual([
    'uname',
    'echo',
    'cat',
    'echo',
    'id',
  ]);
});

test('reads release, kernel, node name and user', () => {
  expect(parse('r151058.txt')).toEqual({
    value: {
      release: 'r151058c',
      kernel: 'omnios-r151058-0123456789',
      nodename: 'omni1',
      user: 'labmon',
    },
    complaints: [],
  });
});

test('knows the release by its kernel where os-release is missing, and shows a nameless user by number', () => {
  expect(parse('no-os-release-crlf.txt')).toEqual({
    value: {
      release: 'r151022',
      kernel: 'omnios-r151022-5e982daae6',
      nodename: 'old1',
      user: '60001',
    },
    complaints: [],
  });
});

test('does not know the release of another kernel without os-release', () => {
  const { value } = hostIdentity.parse('SunOS oi 5.11 illumos-0b3c2a8e i86pc i386 i86pc\n');
  expect(value).toMatchObject({ kernel: 'illumos-0b3c2a8e', release: null });
});

test('falls back to the long name of the release', () => {
  const { value } = hostIdentity.parse('=== labtop: os-release\nPRETTY_NAME="Tribblix"\n');
  expect(value.release).toBe('Tribblix');
});

test('complains about every line that is none of the three answers', () => {
  const { value, complaints } = parse('garbage-and-cut-off.txt');
  expect(value).toMatchObject({ release: 'r151058', nodename: 'omni1', user: null });
  expect(complaints.map(({ line }) => line)).toEqual([1, 5, 7, 0]);
});

test('complains about an empty answer', () => {
  expect(hostIdentity.parse('').complaints).toHaveLength(1);
});

test('never throws', () => {
  fc.assert(
    fc.property(hostileText('host/host-identity'), (text) => {
      expect(() => hostIdentity.parse(text)).not.toThrow();
    }),
  );
});
