import { expect, test } from 'vitest';
import { createMachine } from '../../../src/lab/create-machine.ts';
import { createShell, type Shell, type ShellExit } from '../../../src/lab/shell/shell.ts';
import { createCollector, createInput, type InputSource } from '../../../src/lab/shell/streams.ts';
import { createBench, runOn } from '../shell-harness.ts';

const bench = createBench();

test.for<readonly [script: string, stdout: string, code: number]>([
  ['echo a; echo b', 'a\nb\n', 0],
  ['true && echo yes || echo no', 'yes\n', 0],
  ['false && echo yes || echo no', 'no\n', 0],
  ['false; echo $?', '1\n', 0],
  ['! true; echo $?', '1\n', 0],
  ['N=12 ; echo "x$N${N}y" \'$N\'', 'x1212y $N\n', 0],
  ['echo ${X:-none} ${X:+some} ${#HOME}', 'none 12\n', 0],
  [
    'set -- a "b c" d; echo $#; printf "<%s>" "$@"; printf "<%s>" $*',
    '3\n<a><b c><d><a><b><c><d>',
    0,
  ],
  ['f() { echo "$1-$2"; return 3; }; f x y; echo $?', 'x-y\n3\n', 0],
  ['echo $(echo in; echo ner) "$(printf %s q)"', 'in ner q\n', 0],
  ['if [ a = b ]; then echo 1; elif [ -n x ]; then echo 2; else echo 3; fi', '2\n', 0],
  ['for i in 1 2 3; do [ $i = 2 ] && continue; echo $i; done', '1\n3\n', 0],
  ['case abc in x*) echo x;; a?c|z) echo hit;; esac', 'hit\n', 0],
  ['while true; do echo once; break; done', 'once\n', 0],
  ['a=$(exit 3); echo $?; b=$?; echo $b', '3\n0\n', 0],
  ['(exit 4); echo $?; exit 5', '4\n', 5],
  ['echo out >/dev/null; echo err 2>&1', 'err\n', 0],
  ['{ echo to >&2; } 2>/dev/null; nosuch 2>/dev/null; echo $?', '127\n', 0],
  ['echo abcdef | head -c 3', 'abc', 0],
  ['sleep 10 | head -n 1; echo done', 'done\n', 0],
  ['cat </dev/null; echo end', 'end\n', 0],
  ["printf '\\036%s B %s\\n' nonce 7", '\u001enonce B 7\n', 0],
  ['printf "%05d|%-4s|%x" 42 ab 255', '00042|ab  |ff', 0],
  ['A=1; sh -c \'echo "${A:-unset} $0 $1"\' name arg', 'unset name arg\n', 0],
  ["export A=1; sh -c 'echo $A'", '1\n', 0],
  ['exec 2>/dev/null; nosuch; echo still', 'still\n', 0],
  ['PATH=/usr/bin; zoneadm list; echo $?; /usr/sbin/zoneadm list | head -1', '127\nglobal\n', 0],
  ['command -v zoneadm echo nosuch; echo $?', '/usr/sbin/zoneadm\necho\n1\n', 0],
  ['/usr/bin/printf x; pfexec echo y', 'xy\n', 0],
  ['exec echo last; echo never', 'last\n', 0],
  ['env LC_ALL=C zonename', 'global\n', 0],
  ['read a b </etc/nodename; echo "$a"', 'omni1\n', 0],
  ['# nothing\n\n : ; umask 077; set -f; trap : TERM', '', 0],
])('runs %j', async ([script, stdout, code]) => {
  const result = await runOn(bench, 'omni1', script);
  expect({ stdout: result.stdout, code: result.code }).toStrictEqual({ stdout, code });
});

test('an unknown command is reported with the exit code 127', async () => {
  expect(await runOn(bench, 'omni1', 'frobnicate -x')).toStrictEqual({
    code: 127,
    stdout: '',
    stderr: 'sh: frobnicate: not found\n',
  });
});

test('writing files is refused', async () => {
  const result = await runOn(bench, 'omni1', 'echo x > /tmp/x');
  expect(result).toStrictEqual({
    code: 1,
    stdout: '',
    stderr: 'sh: /tmp/x: cannot create [Permission denied]\n',
  });
});

const PREAMBLE = `LC_ALL=C; LANG=C; TZ=UTC0; export LC_ALL LANG TZ
PATH=/usr/bin:/usr/sbin:/sbin:/bin\${PATH:+:$PATH}; export PATH
unset ENV BASH_ENV CDPATH; IFS=' \t
'; PS1=; PS2=; umask 077; set -f
trap : TERM      # for the running command
zr() {
  printf '\\n\\036%s B %s\\n' "$N" "$1" || exit 1
  (trap - TERM; eval "$2") </dev/null; zrc=$?
  printf '\\n\\036%s E %s %s\\n' "$N" "$1" "$zrc" || exit 1
  printf '\\n\\036%s E %s %s\\n' "$N" "$1" "$zrc" >&2
}
N=0123456789abcdef
`;
const MARK = '\n\u001e0123456789abcdef';

type Sampler = {
  readonly shell: Shell;
  readonly stdin: InputSource;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly exit: Promise<ShellExit>;
};
function startSampler(
  prepare: (machine: ReturnType<typeof createMachine>) => void = () => undefined,
): Sampler {
  const machine = createMachine(bench.world, 'omni1');
  prepare(machine);
  const stdin = createInput();
  const stdout = createCollector();
  const stderr = createCollector();
  const shell = createShell({ machine, streams: { stdin, stdout, stderr } });
  const exit = shell.runCommand('exec /bin/sh');
  stdin.push(PREAMBLE);
  return { shell, stdin, stdout: stdout.text, stderr: stderr.text, exit };
}
const until = async (isDone: () => boolean) => {
  for (let turn = 0; turn < 10_000 && !isDone(); turn += 1)
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  expect(isDone()).toBe(true);
};

test('the sampler answers each request in a frame of its own on both streams', async () => {
  const sampler = startSampler();
  sampler.stdin.push(`zr 1 'printf '\\''a b'\\'''\nzr 2 'nosuch; exit 42'\nzr 3 'cat'\n`);
  sampler.stdin.end();
  expect(await sampler.exit).toStrictEqual({ kind: 'code', code: 0 });
  expect(sampler.stdout()).toBe(
    `${MARK} B 1\na b${MARK} E 1 0\n${MARK} B 2\n${MARK} E 2 42\n${MARK} B 3\n${MARK} E 3 0\n`,
  );
  expect(sampler.stderr()).toBe(
    `${MARK} E 1 0\nsh: nosuch: not found\n${MARK} E 2 42\n${MARK} E 3 0\n`,
  );
});

test('a request that is no script ends with an error, the sampler lives on', async () => {
  const sampler = startSampler();
  sampler.stdin.push(`zr 1 'echo )'\nzr 2 'echo ok'\n`);
  sampler.stdin.end();
  await sampler.exit;
  expect(sampler.stdout()).toContain(`${MARK} E 1 3\n${MARK} B 2\nok\n${MARK} E 2 0\n`);
});

test('TERM ends a hanging command with 271 and the sampler lives on', async () => {
  const sampler = startSampler((machine) => machine.faults.hanging.add('kstat'));
  sampler.stdin.push(`zr 1 'kstat -p | head -c 100'\n`);
  await until(() => sampler.stdout().includes('B 1'));
  sampler.shell.signal('TERM');
  sampler.stdin.push(`zr 2 'echo ok'\n`);
  await until(() => sampler.stdout().includes(`${MARK} E 2 0`));
  expect(sampler.stdout()).toBe(`${MARK} B 1\n${MARK} E 1 271\n${MARK} B 2\nok\n${MARK} E 2 0\n`);
  sampler.stdin.end();
  expect(await sampler.exit).toStrictEqual({ kind: 'code', code: 0 });
});

test('kill from another shell of the host ends the sampler', async () => {
  const sampler = startSampler((machine) => machine.faults.hanging.add('zpool'));
  sampler.stdin.push(`zr 1 'echo $$'\nzr 2 'zpool list'\n`);
  await until(() => sampler.stdout().includes('B 2'));
  const pid = /B 1\n(\d+)/.exec(sampler.stdout())?.[1] ?? '';
  expect(Number(pid)).toBe(sampler.shell.pid);
  sampler.shell.signal('KILL');
  expect(await sampler.exit).toStrictEqual({ kind: 'signal', name: 'KILL' });
});

test('a program that prints garbage is passed on byte for byte', async () => {
  const machine = createMachine(bench.world, 'omni1');
  machine.faults.garbage.set('zpool', Buffer.from([0, 27, 91, 50, 74]));
  const result = await runOn(bench, 'omni1', 'zpool list', machine);
  expect(result.stdout).toBe('\u0000\u001b[2J');
});
