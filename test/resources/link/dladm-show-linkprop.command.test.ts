import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyHost } from '../../../src/domain/empty.ts';
import {
  dladmShowLinkprop,
  parseLinkProperties,
} from '../../../src/resources/link/dladm-show-linkprop.command.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const text = (name: string) => readFixture(`link/dladm-show-linkprop/${name}`);

test('asks for two properties of all links in the parsable form, which is -c here', () => {
  expect(dladmShowLinkprop.question(emptyHost('omni1', 0))).toEqual([
    ['dladm', 'show-linkprop', '-c', '-p', 'zone,allowed-ips', '-o', 'link,property,value'],
  ]);
});

test('reads zones and addresses; the global zone is none, and without addresses any may be used', () => {
  const { value, complaints } = dladmShowLinkprop.parse(text('zones-and-addresses.txt'));
  expect(complaints).toEqual([]);
  expect(value).toEqual([
    { link: 'aggr0', zone: null, allowedIps: [] },
    { link: 'etcd1_0', zone: 'etcd1', allowedIps: ['10.128.0.65'] },
    {
      link: 'frr1_0',
      zone: 'frr1',
      allowedIps: ['10.128.0.5', '10.128.0.6', '2001:db8::5/128'],
    },
    { link: 'gz0', zone: null, allowedIps: [] },
  ]);
});

test('complains about other properties, noise, missing names and a value that was cut', () => {
  const { value, complaints } = dladmShowLinkprop.parse(text('garbage-and-cut-off.txt'));
  expect(value).toEqual([{ link: 'net1', zone: 'we:b', allowedIps: [] }]);
  expect(complaints.map(({ text: line, reason }) => [line.slice(0, 10), reason])).toEqual([
    [expect.anything(), 'expected 3 fields, found 1'],
    ['net1:allow', 'cut off: no line end'],
    [':zone:web', 'no link name'],
    ['net1::x', 'no property'],
    ['net0:speed', 'a property that was not asked for'],
  ]);
});

test('reads all properties with other fields', () => {
  const all = 'net0:mac-address:rw:fa\\:16\\:3e\\:4\\:85\\:80:fa\\:16\\:3e\\:4\\:85\\:80:\n';
  const fields = ['link', 'property', 'perm', 'value', 'default', 'possible'];
  expect(parseLinkProperties(all, fields)).toEqual({
    value: [{ link: 'net0', property: 'mac-address', values: ['fa:16:3e:4:85:80'] }],
    complaints: [],
  });
});

test('never throws', () => {
  fc.assert(
    fc.property(hostileText('link/dladm-show-linkprop'), (any) => {
      expect(() => dladmShowLinkprop.parse(any)).not.toThrow();
    }),
  );
});
