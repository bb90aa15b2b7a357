import { PassThrough } from 'node:stream';
import ssh2 from 'ssh2';
import { expect, test } from 'vitest';
import { systemClock } from '../../../src/collect/clock.ts';
import { createConnection } from '../../../src/collect/ssh/connection.ts';

test('a connection that is just gone refuses channels, although ssh2 throws', async () => {
  const client = new ssh2.Client();
  expect(() => client.exec('true', () => {})).toThrow('Not connected');
  const connection = createConnection({
    client,
    stream: new PassThrough(),
    clock: systemClock,
    place: 'omni1:22',
    bytesRead: () => 0,
    bytesWritten: () => 0,
    lastByteAt: () => 0,
    onEnd: () => {},
  });
  expect(await connection.openShell('sampler')).toMatchObject({
    kind: 'refused',
    error: { code: 'lost', message: expect.stringContaining('Not connected') },
  });
  expect(connection.channels()).toBe(0);
  expect(await connection.forward('omni2', 22)).toMatchObject({ message: 'Not connected' });
});
