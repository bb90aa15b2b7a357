import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  atEnd,
  folder,
  goodSettings,
  startSshd,
  withoutSshd,
} from '../collect/ssh/support/real-host.ts';
import { until } from '../collect/ssh/support/wait.ts';
import { privateHome, startConsole } from '../support/console-driver.ts';
import type { Driver } from '../support/console-driver.ts';
import { writePrograms } from '../support/programs.ts';

/** The console in a terminal, watching one real sshd. */
function watch(port: number): Driver {
  const home = privateHome();
  const { identityFiles, knownHostsFiles } = goodSettings(port);
  const config = join(home.folder, 'config.yaml');
  writeFileSync(
    config,
    JSON.stringify({
      hosts: [
        {
          name: 'host1',
          address: '127.0.0.1',
          port,
          user: userInfo().username,
          identity: identityFiles,
          knownHosts: knownHostsFiles,
          agent: 'none',
        },
      ],
    }),
  );
  const driver = startConsole({ cols: 120, rows: 40, args: ['--config', config], env: home.env });
  atEnd(() => {
    driver.dispose();
    home.remove();
    return Promise.resolve();
  });
  return driver;
}

describe.skipIf(withoutSshd)('after SIGKILL of the console', () => {
  test('no process of ours stays on the host, whether it was idle or at work', async () => {
    const bin = writePrograms(folder, {
      zoneadm: `printf '0:global:running:/::ipkg:shared:0\\n'`,
      // At work for a while each time it is asked.
      kstat: `printf 'unix:0:system_misc:ncpus\\t4\\n'; sleep 2`,
    });
    for (const isAtWork of [false, true]) {
      const sshd = await startSshd({ config: [`SetEnv PATH=${bin}:/usr/bin:/bin`] });
      const driver = watch(sshd.port);
      await driver.waitFor('the host up', (screen) => screen.includes('1/1 up'));
      // The listener, two or three sshd of the session, the shell; and what it runs.
      let ours: readonly number[] = [];
      await until(() => {
        ours = sshd.processes().slice(1);
        return ours.length > 2 && ours.length > 4 === isAtWork;
      });
      expect(ours.length).toBeGreaterThan(2);
      driver.kill('SIGKILL');
      await driver.exited;
      await until(() => sshd.processes().length === 1);
      // Counted from the outside, so that what sshd gave away to init counts too.
      await until(() => ours.every((pid) => !isAlive(pid)));
    }
  });
});

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
