import { describe, expect, test } from 'vitest';
import type { OpenSshdOptions } from './support/openssh.ts';
import { hasProgram } from './support/openssh.ts';
import { startLink, startProxy, startSshd, userKey, withoutSshd } from './support/real-host.ts';
import { until, untilState } from './support/wait.ts';

const FLOOD = ['sh', '-c', 'yes | head -c 100000000'] as const;
const COMPLAINTS = ['sh', '-c', 'yes >&2'] as const;
const MB = 2 ** 20;
/** What is kept of an answer, and a window of a channel for each way to end a command. */
const MOST_BYTES = (4 + 4 * 2.5) * MB;

const FORCED: Partial<OpenSshdOptions> = {
  authorized: [`restrict,command="/bin/sh -c 'exec /bin/sh'" ${userKey.publicText}`],
};

describe.skipIf(withoutSshd)('output without end on the real sshd', { timeout: 180_000 }, () => {
  test.for<[string, Partial<OpenSshdOptions>, 'ssh2' | 'openssh']>([
    ['by ssh2', {}, 'ssh2'],
    ['behind a forced command, where signals are refused,', FORCED, 'ssh2'],
    ['by the ssh program', {}, 'openssh'],
  ])('%s it is stopped at its source', async ([, options, via], { skip }) => {
    skip(via === 'openssh' && !hasProgram('ssh'), 'ssh is not installed');
    const sshd = await startSshd(options);
    const link = startLink(sshd.port, { sshProgram: 'ssh' }, { via });
    await untilState(link, 'up');
    const before = link.cost().receivedBytes;
    for (const flood of [FLOOD, COMPLAINTS]) {
      expect(await link.ask([flood], { timeoutSeconds: 60 })).toMatchObject({ kind: 'too-large' });
      expect(await link.ask([['echo', 'next']], { timeoutSeconds: 60 })).toMatchObject({
        stdout: 'next\n',
      });
    }
    expect(link.cost().receivedBytes - before).toBeLessThan(2 * MOST_BYTES);
    expect(link.cost().reconnects).toBe(0);
  });

  test.for(['ssh2', 'openssh'] as const)(
    'three megabytes on stderr, more than a channel takes unread, do no harm via %s',
    async (via, { skip }) => {
      skip(via === 'openssh' && !hasProgram('ssh'), 'ssh is not installed');
      const link = startLink((await startSshd()).port, { sshProgram: 'ssh' }, { via });
      await untilState(link, 'up');
      const loud = ['sh', '-c', 'yes | head -c 3000000 >&2; echo out; exit 3'] as const;
      expect(await link.ask([loud], { timeoutSeconds: 60 })).toMatchObject({
        kind: 'done',
        stdout: 'out\n',
        code: 3,
      });
    },
  );

  test.for(['ssh2', 'openssh'] as const)(
    'a slow line that is full of it is given up for another, via %s',
    async (via, { skip }) => {
      skip(via === 'openssh' && !hasProgram('ssh'), 'ssh is not installed');
      const proxy = await startProxy((await startSshd()).port);
      const link = startLink(proxy.port, { sshProgram: 'ssh' }, { via });
      await untilState(link, 'up');
      proxy.shape({ bytesPerSecond: 30_000 });
      expect(await link.ask([FLOOD], { timeoutSeconds: 3 })).toMatchObject({ kind: 'timeout' });
      expect(await link.ask([['echo', 'next']], { timeoutSeconds: 60 })).toMatchObject({
        kind: 'lost',
        error: { code: 'lost', message: expect.stringContaining('full of an answer') },
      });
      await until(() => link.status().state === 'up');
      expect(await link.ask([['echo', 'next']], { timeoutSeconds: 60 })).toMatchObject({
        stdout: 'next\n',
      });
    },
  );
});
