import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformSync } from 'esbuild';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { v8Flags } from '../scripts/bench/as-shipped.ts';

const fromRoot = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const BIN = fromRoot('bin/labtop.js');

let root = '';
let command = '';

/** An installed package: the program in place, called through a link as npm makes it. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'labtop bin-'));
  const packageDir = join(root, 'node_modules', 'labtop');
  mkdirSync(join(packageDir, 'bin'), { recursive: true });
  mkdirSync(join(root, 'node_modules', '.bin'));
  copyFileSync(BIN, join(packageDir, 'bin', 'labtop.js'));
  writeFileSync(join(packageDir, 'package.json'), '{ "type": "module" }');
  command = join(root, 'node_modules', '.bin', 'labtop');
  symlinkSync('../labtop/bin/labtop.js', command);
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function install(main: string): void {
  const dist = join(root, 'node_modules', 'labtop', 'dist');
  mkdirSync(dist);
  writeFileSync(join(dist, 'main.js'), main);
}

type Outcome = { readonly code: number | null; readonly out: string; readonly err: string };

function run(options: {
  readonly version?: string;
  readonly args?: readonly string[];
  readonly preload?: readonly string[];
}): Outcome {
  const preload: string[] = [...(options.preload ?? [])];
  if (options.version !== undefined) {
    const file = join(root, 'old.mjs');
    const value = JSON.stringify(options.version);
    writeFileSync(file, `Object.defineProperty(process, 'version', { value: ${value} });`);
    preload.push('--import', pathToFileURL(file).href);
  }
  const env = { PATH: process.env['PATH'], HOME: root };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...preload, command, ...(options.args ?? [])],
    { encoding: 'utf8', env },
  );
  return { code: status, out: stdout, err: stderr };
}

test.each(['v22.18.9', 'v20.20.2', 'v12.22.12', 'v9.0.0'])(
  'refuses Node %s in one line',
  (version) => {
    install('console.log("started")');
    expect(run({ version })).toEqual({
      code: 1,
      out: '',
      err:
        `labtop needs Node 22.19 or newer; this is ${version.slice(1)} (${process.execPath}). ` +
        'Try: npx -p node@24 labtop\n',
    });
  },
);

test('names the file itself in a checkout, where npx would not find the command', () => {
  mkdirSync(join(root, 'node_modules', 'labtop', 'src'));
  const file = join(root, 'node_modules', 'labtop', 'bin', 'labtop.js');
  expect(run({ version: 'v20.0.0' }).err).toContain(`Try: npx -p node@24 node ${file}\n`);
});

test.each(['v22.19.0', 'v23.0.0', 'v24.21.0', 'v100.0.0'])('starts on Node %s', (version) => {
  install('console.log("started")');
  expect(run({ version })).toEqual({ code: 0, out: 'started\n', err: '' });
});

test('passes the command line on and leaves the exit code to the program', () => {
  install('console.log(process.argv.slice(2).join(" ")); process.exitCode = 64;');
  expect(run({ args: ['demo', '--ascii'] })).toEqual({ code: 64, out: 'demo --ascii\n', err: '' });
});

test("keeps compiled code in the user's own cache folder", () => {
  install('await import("node:fs");');
  run({});
  expect(readdirSync(join(root, '.cache', 'labtop', 'compile'))).not.toEqual([]);
});

test.each([
  ['12.4.254', v8Flags(12)],
  ['13.6.233', v8Flags(13)],
  ['15.0.1', v8Flags(15)],
  ['16.0.1', []],
])('sets V8 %s up for a small heap, as what is measured is set up', (version, flags) => {
  install('console.log(JSON.stringify(globalThis.flags), Buffer.poolSize);');
  const file = join(root, 'flags.mjs');
  writeFileSync(
    file,
    `import v8 from 'node:v8';
     Object.defineProperty(process, 'versions', { value: { ...process.versions, v8: '${version}' } });
     globalThis.flags = [];
     v8.setFlagsFromString = (flag) => globalThis.flags.push(flag);`,
  );
  expect(run({ preload: ['--import', pathToFileURL(file).href] })).toEqual({
    code: 0,
    out: `${JSON.stringify(flags)} 8192\n`,
    err: '',
  });
});

test('says nothing of how it sets up the V8 that is here', () => {
  install('console.log("started");');
  expect(run({})).toEqual({ code: 0, out: 'started\n', err: '' });
});

/** The program as a shell finds it, by its first line. */
function call(args: readonly string[], env: Readonly<Record<string, string>> = {}): Outcome {
  const { status, stdout, stderr } = spawnSync(command, [...args], {
    encoding: 'utf8',
    env: { PATH: `${dirname(process.execPath)}:${process.env['PATH']}`, HOME: root, ...env },
  });
  return { code: status, out: stdout, err: stderr };
}

test('is a program of its own, wherever it lies and whatever it is told', () => {
  install('console.log(process.argv.slice(2).join("|")); process.exitCode = 64;');
  expect(call(['demo', 'a b', '$HOME', '*', ''])).toEqual({
    code: 64,
    out: 'demo|a b|$HOME|*|\n',
    err: '',
  });
});

const MALLOC = /^MALLOC_/;
const [ARENA, TRIM] = ['MALLOC_ARENA_MAX', 'MALLOC_TRIM_THRESHOLD_'];
test.skipIf(!existsSync('/proc/self/environ'))(
  'starts with few heaps of the C library, which is not passed on',
  () => {
    install(
      `import { readFileSync } from 'node:fs';
     const own = (entries) => Object.fromEntries(entries.filter(([name]) => ${MALLOC}.test(name)));
     const first = readFileSync('/proc/self/environ', 'utf8').split('\\0').map((each) => each.split('='));
     console.log(JSON.stringify([own(first), own(Object.entries(process.env))]));`,
    );
    const told = (env?: Readonly<Record<string, string>>): unknown => JSON.parse(call([], env).out);
    expect(told()).toEqual([{ [ARENA]: '1', [TRIM]: '131072' }, {}]);
    const wanted = { [ARENA]: '4', [TRIM]: '1000000' };
    expect(told(wanted)).toEqual([wanted, wanted]);
  },
);

test('says how to build it when it is not built', () => {
  const { code, err } = run({});
  expect(code).toBe(1);
  expect(err).toMatch(/^labtop is not built: .*dist\/main\.js is missing; run npm run build\n$/);
});

test('says why it cannot start', () => {
  install('throw new Error("broken on purpose");');
  const { code, err } = run({});
  expect(code).toBe(1);
  expect(err).toMatch(/^labtop cannot start: Error: broken on purpose\n/);
});

test('has no syntax that Node 12 would not read', () => {
  const source = readFileSync(BIN, 'utf8');
  const print = (target: string): string => transformSync(source, { format: 'esm', target }).code;
  expect(print('node12.20')).toBe(print('esnext'));
  expect(source).not.toMatch(/from 'node:|^await /m);
});

test('the build makes a bundle that stands alone', () => {
  const entry = join(root, 'entry.tsx');
  symlinkSync(fromRoot('node_modules/ink'), join(root, 'node_modules', 'ink'));
  symlinkSync(fromRoot('node_modules/react'), join(root, 'node_modules', 'react'));
  writeFileSync(
    join(root, 'later.ts'),
    `export { utils } from ${JSON.stringify(fromRoot('node_modules/ssh2'))};`,
  );
  writeFileSync(
    entry,
    `import { Text, renderToString } from 'ink';
     import { builtinThemesDir } from ${JSON.stringify(fromRoot('src/config/themes.ts'))};
     const { utils } = await import('./later.ts');
     const key = utils.generateKeyPairSync('ed25519').public;
     console.log(renderToString(<Text>drawn</Text>), key.split(' ')[0], builtinThemesDir());`,
  );
  const dist = join(root, 'built', 'dist');
  const build = [fromRoot('scripts/build.ts'), '--entry', entry, '--outdir', dist];
  expect(spawnSync(process.execPath, build, { encoding: 'utf8' })).toMatchObject({
    status: 0,
    stderr: '',
    stdout: expect.stringMatching(/ files; at the start \d+ kB, on demand \d+ kB\n$/),
  });
  rmSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(join(root, 'built', 'package.json'), '{ "type": "module" }');
  mkdirSync(join(root, 'built', 'themes'));
  writeFileSync(join(root, 'built', 'themes', 'midnight.json'), '{}');
  const { stdout, stderr } = spawnSync(process.execPath, [join(dist, 'main.js')], {
    encoding: 'utf8',
  });
  expect({ stdout, stderr }).toEqual({
    stdout: `drawn ssh-ed25519 ${join(root, 'built', 'themes')}\n`,
    stderr: '',
  });
});
