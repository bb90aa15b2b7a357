import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { createMachine } from '../../../src/lab/create-machine.ts';
import { createZoneSystem } from '../../../src/lab/zone-system.ts';
import { createBench, runOn } from '../shell-harness.ts';

const INPUT = [
  'argv[1]: --cert-file=/a.crt',
  'argv[2]: --trusted-ca-file',
  'argv[3]: /ca.crt',
  '-----BEGIN CERTIFICATE-----',
  'MIIB+/==',
  '-----END CERTIFICATE-----',
  'after (it)',
];

const SCRIPTS: readonly (readonly string[])[] = [
  ['-n', '-e', '/^argv[^ ]* --*[a-z-]*file=/p', '-e', '/^argv[^ ]* --*[a-z-]*file$/{p;n;p;}'],
  ['-n', '-e', '/^-----BEGIN CERTIFICATE-----/,/^[-=]/p'],
  ['-n', '-e', '/cert-file/d', '-e', String.raw`s/^[^\/]*\(\/[^ ]*\)$/\1/p`],
  ['s/(it)/[it]/'],
  ['-e', '/^argv/d'],
];

test.for(SCRIPTS.map((args) => [args.join(' '), args] as const))(
  'sed %s does what the system does',
  async ([, args]) => {
    const bench = createBench();
    const host = createMachine(bench.world, 'omni1');
    const zone = createZoneSystem(host, bench.world.zone('omni1', 'etcd1').plan);
    const quoted = args.map((arg) => `'${arg}'`).join(' ');
    const lines = INPUT.map((line) => `'${line}'`).join(' ');
    const { stdout } = await runOn(bench, 'omni1', `printf '%s\\n' ${lines} | sed ${quoted}`, zone);
    const theirs = execFileSync('sed', args, {
      input: `${INPUT.join('\n')}\n`,
      encoding: 'utf8',
    });
    expect(stdout).toBe(theirs);
  },
);
