import { expect, test } from 'vitest';
import {
  bannerFailure,
  protocolFailure,
  remoteWords,
  socketFailure,
} from '../../../src/collect/ssh/failure.ts';

test('words of a server become one safe line', () => {
  expect(remoteWords('\n \n\u001B[31mgo\taway\u0007\nnow')).toBe('go away·');
  expect(remoteWords('x'.repeat(500))).toHaveLength(200);
});

test.for<[string, string]>([
  ['ENOTFOUND', 'dns'],
  ['EAI_AGAIN', 'dns'],
  ['ECONNREFUSED', 'refused'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['ETIMEDOUT', 'tcp-timeout'],
  ['EPIPE', 'lost'],
])('%s is shown as %s and tried again', ([code, shown]) => {
  const error = Object.assign(new Error('x'), { code });
  expect(socketFailure('omni1:22', error)).toMatchObject({
    error: { code: shown, message: expect.stringContaining('omni1:22') },
    retry: 'jitter',
    state: 'down',
  });
});

test('a banner after a greeting is SSH', () => {
  expect(bannerFailure('p', 'welcome\r\nSSH-2.0-OpenSSH_9.9\r\n', false)).toBeUndefined();
});

test('no common algorithm is held, with what was missing', () => {
  const message = 'Handshake failed: no matching key exchange algorithm';
  expect(protocolFailure('omni1:22', message)).toMatchObject({
    retry: 'held',
    error: {
      code: 'kex',
      message: 'no common algorithm with omni1:22: «no matching key exchange algorithm»',
    },
  });
});
