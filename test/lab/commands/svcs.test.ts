import { expect, test } from 'vitest';
import { createBench, runOn } from '../shell-harness.ts';

const FMRI = 'svc:/network/dns/bind:default';
const FAULT = {
  state: 'maintenance',
  reason: 'Start method failed repeatedly, last exited with status 1.',
} as const;

test('with file_dac_search -Z lists every zone that has SMF, and warns of the others', async () => {
  const { stdout, stderr, code } = await runOn(
    createBench(),
    'omni1',
    'pfexec svcs -Z -Ho zone,state,fmri',
  );
  expect(code).toBe(0);
  expect(stdout).toMatch(/^etcd1 +online +svc:\/application\/etcd:default$/m);
  expect(stdout).not.toMatch(/^homeassistant /m);
  expect(stderr).toContain('Could not bind to repository server for zone homeassistant: ');
  expect(stderr).not.toContain('etcd1');
});

test('without it -Z tells of the global zone only, and exits with 0 all the same', async () => {
  const { stdout, stderr, code } = await runOn(createBench(), 'omni1', 'svcs -Z -Ho zone,fmri');
  expect(code).toBe(0);
  expect(stdout).not.toMatch(/^(?!global |$)/m);
  expect(stderr).toContain('zone etcd1: ');
});

test('a service in maintenance is told by state and explained by -x, until it is well again', async () => {
  const bench = createBench();
  const list = `pfexec svcs -z dns-int1 -Ho state,fmri ${FMRI}`;
  expect((await runOn(bench, 'omni1', 'pfexec svcs -Zx')).stdout).toBe('');
  bench.world.setServiceFault('omni1', 'dns-int1', FMRI, FAULT);
  expect((await runOn(bench, 'omni1', list)).stdout).toBe(`maintenance    ${FMRI}\n`);
  const { stdout } = await runOn(bench, 'omni1', 'pfexec svcs -Zx');
  expect(stdout.split('\n')).toEqual([
    `${FMRI} (BIND DNS server)`,
    '  Zone: dns-int1',
    expect.stringMatching(/^ State: maintenance since [A-Z][a-z]{2} [A-Z][a-z]{2} .+ \d{4}$/),
    `Reason: ${FAULT.reason}`,
    '   See: http://illumos.org/msg/SMF-8000-KS',
    '   See: /var/svc/log/network-dns-bind:default.log',
    'Impact: This service is not running.',
    '',
    '',
  ]);
  bench.world.setServiceFault('omni1', 'dns-int1', FMRI, null);
  expect((await runOn(bench, 'omni1', 'pfexec svcs -Zx')).stdout).toBe('');
});

test('a service of the global zone can fail too, with no right needed to see it', async () => {
  const bench = createBench();
  bench.world.setServiceFault('omni1', 'global', 'svc:/site/backup:default', FAULT);
  const { stdout, stderr } = await runOn(bench, 'omni1', 'svcs -x');
  expect(stdout).toMatch(/^svc:\/site\/backup:default \(backup\)\n State: maintenance since /);
  expect(stderr).toBe('');
});

test('a zone that has just booted has not reached its milestone yet', async () => {
  const bench = createBench();
  const ask = async () =>
    (await runOn(bench, 'omni1', 'pfexec svcs -z dhcp -Ho state milestone/multi-user-server'))
      .stdout;
  bench.world.act('omni1', 'dhcp', 'reboot');
  bench.clock.advance(2_200);
  expect(await ask()).toBe('offline\n');
  bench.clock.advance(30_000);
  expect(await ask()).toBe('online\n');
});
