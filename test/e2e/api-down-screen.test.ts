import { onTestFinished, expect, test } from 'vitest';
import { startConsole } from '../support/console-driver.ts';
import { startStage } from '../support/stage.ts';

const API_SERVERS = [
  ['omni1', 'apisrv1'],
  ['omni2', 'apisrv2'],
  ['store1', 'apisrv3'],
] as const;

test('at the screen a dead API leaves the control plane alive, names the zones, and comes back by itself', async () => {
  const { lab, config, env } = await startStage();
  const driver = startConsole({ cols: 200, rows: 50, args: ['--config', config], env });
  onTestFinished(driver.dispose);
  await driver.waitFor('the live lab', (screen) => screen.includes('3/3 up'));
  driver.press('5');
  driver.press('\t');
  const row = (screen: string, name: string): string =>
    screen.split('\n').find((line) => line.includes(` ${name} `)) ?? '';
  await driver.waitFor(
    'all well, with the term, the ports and the one leader of etcd',
    (screen) =>
      screen.split('\n').filter((line) => /\blead\b/.test(line) && / etcd /.test(line)).length ===
        1 &&
      API_SERVERS.every(([, name]) => /ready .* ok \S+ms/.test(row(screen, name))) &&
      ['etcd1', 'etcd2', 'etcd3'].every((name) =>
        / ready .* tls ok +ok .* 0 +4 /.test(row(screen, name)),
      ),
  );

  lab.play('api-down');
  const dead = await driver.waitFor(
    'the dead processes, told by their zones, and the others, which tell on',
    (screen) =>
      screen.includes('no API server answers: apisrv1, apisrv2, apisrv3') &&
      API_SERVERS.every(([host, name]) =>
        new RegExp(`${name} +kube-apiserver +${host} +gone .*refused +refused`).test(screen),
      ) &&
      ['etcd1', 'etcd2', 'etcd3'].every((name) =>
        /● .* ready .* tls ok +ok /.test(row(screen, name)),
      ),
  );
  expect(dead).not.toContain('lease expired');

  for (const [host, zone] of API_SERVERS)
    lab.world.setServiceFault(host, zone, 'svc:/application/kube-apiserver:default', null);
  const mended = await driver.waitFor(
    'all ready again',
    (screen) =>
      screen.includes('nothing wrong') &&
      API_SERVERS.every(([, name]) => /● .* ready /.test(row(screen, name))),
  );
  expect(mended).not.toContain('gone');
});
