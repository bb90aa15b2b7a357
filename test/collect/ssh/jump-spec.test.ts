import { expect, test } from 'vitest';
import { jumpText, parseJumps } from '../../../src/collect/ssh/jump-spec.ts';

test.for<[string, readonly { user: string | null; host: string; port: number | null }[]]>([
  ['bastion', [{ user: null, host: 'bastion', port: null }]],
  ['me@bastion:2222', [{ user: 'me', host: 'bastion', port: 2222 }]],
  ['me@dom.lan@bastion', [{ user: 'me@dom.lan', host: 'bastion', port: null }]],
  ['me@[fe80::1%net0]:22', [{ user: 'me', host: 'fe80::1%net0', port: 22 }]],
  ['[::1]', [{ user: null, host: '::1', port: null }]],
  ['fd00::5', [{ user: null, host: 'fd00::5', port: null }]],
  ['ssh://a%40b@h:2/', [{ user: 'a@b', host: 'h', port: 2 }]],
  ['ssh://h', [{ user: null, host: 'h', port: null }]],
  [
    'a, ssh://u@b:2,[c::1]:3',
    [
      { user: null, host: 'a', port: null },
      { user: 'u', host: 'b', port: 2 },
      { user: null, host: 'c::1', port: 3 },
    ],
  ],
])('reads %j', ([text, jumps]) => {
  expect(parseJumps(text)).toEqual(jumps);
});

test.for([
  '',
  'a,',
  '@h',
  'h:',
  'h:99999',
  '[h',
  'h]:2',
  '-oProxyCommand=x',
  'u@-x',
  'a:b:c',
  'h:2x',
])('refuses %j', (text) => {
  expect(parseJumps(text)).toMatch(/is no jump host/);
});

test.for(['bastion', 'me@bastion:2222', 'me@[fe80::1]:22', '[::1]'])(
  'writes %j as it read it',
  (text) => {
    const jumps = parseJumps(text);
    expect(typeof jumps === 'string' ? jumps : jumps.map((jump) => jumpText(jump)).join(',')).toBe(
      text,
    );
  },
);
