import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createBastions } from '../../../src/collect/ssh/bastions.ts';
import type { HopEvents, LeaseOptions } from '../../../src/collect/ssh/bastions.ts';
import type { ForwardingConnection } from '../../../src/collect/ssh/connection.ts';
import { failure } from '../../../src/collect/ssh/failure.ts';
import type { LinkFailure } from '../../../src/collect/ssh/failure.ts';
import { createFakeClock } from './support/fake-clock.ts';
import { targetOf } from './support/link.ts';
import { until } from './support/wait.ts';

const hop = targetOf({ name: 'gate', host: 'gate.lan' });
const host = targetOf();

function connection(more: Partial<ForwardingConnection> = {}): ForwardingConnection {
  return {
    transport: 'ssh2',
    bytesRead: () => 0,
    bytesWritten: () => 0,
    lastByteAt: () => 0,
    openShell: () => Promise.reject(new Error('not asked for')),
    opening: () => 0,
    channels: () => 0,
    forward: () => Promise.resolve(new PassThrough()),
    ping: () => Promise.resolve(),
    end: () => Promise.resolve(),
    destroy: () => {},
    ...more,
  };
}

/** Jump hosts whose logins give these results in turn. */
function stage(...results: readonly (ForwardingConnection | LinkFailure)[]) {
  const clock = createFakeClock();
  const logins: HopEvents[] = [];
  const bastions = createBastions({
    clock,
    random: () => 0.5,
    logIn: (_hop, events) => {
      const result = results[Math.min(logins.length, results.length - 1)];
      logins.push(events);
      return result === undefined
        ? Promise.reject(new Error('no result'))
        : Promise.resolve(result);
    },
  });
  const lease = (more: Partial<LeaseOptions> = {}) =>
    bastions.lease(hop, {
      signal: new AbortController().signal,
      seen: undefined,
      onQuestion: () => {},
      ...more,
    });
  return { clock, logins, bastions, lease };
}
const never = new AbortController().signal;
const refused = failure({ code: 'refused', message: 'port closed', hint: '' });
const held = failure({ code: 'key-unknown', message: 'm', hint: '' }, 'held', 'hostkey-unknown');
const isFailure = (result: object): result is LinkFailure => 'error' in result;

test('a jump host that answers nothing at all any more is dropped with all that it carries', async () => {
  let isDestroyed = false;
  const frozen = connection({
    forward: () => new Promise(() => {}),
    ping: () => new Promise(() => {}),
    destroy: () => {
      isDestroyed = true;
    },
  });
  const { clock, lease, logins } = stage(frozen, connection());
  const got = await lease();
  if (isFailure(got)) throw new Error('no lease');
  const opening = got.open(host, never);
  await until(() => clock.timers() === 1);
  clock.advance(5_000);
  await until(() => clock.timers() === 1);
  clock.advance(5_000);
  expect(await opening).toMatchObject({ error: { code: 'jump:frozen' }, state: 'frozen' });
  expect(isDestroyed).toBe(true);
  expect(await lease()).not.toHaveProperty('error');
  expect(logins).toHaveLength(2);
});

test('bytes for others are a sign of life too', async () => {
  let bytes = 0;
  const busy = connection({
    forward: () => new Promise(() => {}),
    ping: () => new Promise(() => {}),
    bytesRead: () => bytes++,
  });
  const { clock, lease } = stage(busy);
  const got = await lease();
  if (isFailure(got)) throw new Error('no lease');
  const opening = got.open(host, never);
  await until(() => clock.timers() === 1);
  clock.advance(5_000);
  await until(() => clock.timers() === 1);
  clock.advance(5_000);
  expect(await opening).toMatchObject({ error: { code: 'tcp-timeout' } });
});

test('a channel that is granted too late is closed', async () => {
  const { promise, resolve } = Promise.withResolvers<PassThrough>();
  const { clock, lease } = stage(connection({ forward: () => promise }));
  const got = await lease();
  if (isFailure(got)) throw new Error('no lease');
  const opening = got.open(host, never);
  await until(() => clock.timers() === 1);
  clock.advance(5_000);
  expect(await opening).toMatchObject({ error: { code: 'tcp-timeout' } });
  const late = new PassThrough();
  resolve(late);
  await until(() => late.destroyed);
  expect(late.destroyed).toBe(true);
});

test('a failure holds for its time for everybody, then one tries again', async () => {
  const { clock, lease, logins } = stage(refused, refused, connection());
  const first = await lease();
  expect(first).toMatchObject({
    error: { code: 'jump:refused', message: 'via gate: port closed' },
  });
  expect(await lease()).toBe(first);
  expect(logins).toHaveLength(1);
  clock.advance(1_000);
  expect(await lease()).not.toBe(first);
  expect(logins).toHaveLength(2);
});

test('a clock that is set back does not hold it for longer', async () => {
  const { clock, lease, logins } = stage(refused, connection());
  await lease();
  clock.setForward(-8 * 3_600_000);
  clock.advance(1_000);
  expect(isFailure(await lease())).toBe(false);
  expect(logins).toHaveLength(2);
});

test('what is held is tried again only by one who knows that very failure', async () => {
  const { clock, lease, logins } = stage(held, held, connection());
  const first = await lease();
  clock.advance(10_000_000);
  expect(await lease()).toBe(first);
  expect(await lease({ seen: refused })).toBe(first);
  const second = await lease({ seen: first as LinkFailure });
  // Somebody else who saw the first is told the second instead of trying.
  expect(await lease({ seen: first as LinkFailure })).toBe(second);
  expect(logins).toHaveLength(2);
  expect(await lease({ seen: second as LinkFailure })).not.toHaveProperty('error');
});

test('of nested jump hosts the one that fails is named, once', async () => {
  const inner: LinkFailure = {
    ...refused,
    error: { code: 'jump:refused', message: 'via outer: port closed', hint: '' },
  };
  expect(await stage(inner).lease()).toBe(inner);
});

test('an attempt goes on while one still waits, and ends with the last', async () => {
  const { bastions, logins } = (() => {
    const seen: HopEvents[] = [];
    return {
      logins: seen,
      bastions: createBastions({
        clock: createFakeClock(),
        random: () => 0.5,
        logIn: (_hop, events) => {
          seen.push(events);
          return new Promise(() => {});
        },
      }),
    };
  })();
  const [a, b] = [new AbortController(), new AbortController()];
  const [first, second] = [a, b].map(({ signal }) =>
    bastions.lease(hop, { signal, seen: undefined, onQuestion: () => {} }),
  );
  a.abort();
  expect(await first).toMatchObject({ error: { message: expect.stringContaining('aborted') } });
  expect(logins[0]?.signal.aborted).toBe(false);
  b.abort();
  await second;
  expect(logins[0]?.signal.aborted).toBe(true);
});

test('its end is told to those who use it', async () => {
  const { lease, logins } = stage(connection(), connection());
  const got = await lease();
  if (isFailure(got)) throw new Error('no lease');
  const wire = await got.open(host, never);
  if (isFailure(wire)) throw new Error('no wire');
  logins[0]?.onLost(failure({ code: 'lost', message: 'gone', hint: '' }));
  expect(await wire.reason()).toMatchObject({
    error: { code: 'jump:lost', message: 'via gate: gone' },
  });
  await lease();
  expect(logins).toHaveLength(2);
});
