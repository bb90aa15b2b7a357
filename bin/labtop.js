#!/usr/bin/env sh
':' //; MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-1}" MALLOC_TRIM_THRESHOLD_="${MALLOC_TRIM_THRESHOLD_:-131072}" exec node "$0" "$@"
// To the shell the line above is the whole program. glibc (mallopt(3)) reads these two before Node starts: memory that
// was needed once goes back to the system, and threads have no heaps of their own, 5 MB each. Other systems ignore them.
//
// Plain JavaScript of 2019: an old Node must be able to read this file to be told that it is too old.
import fs from 'fs';
import module from 'module';
import os from 'os';
import path from 'path';
import { fileURLToPath, pathToFileURL } from 'url';
import v8 from 'v8';

const MAJOR = 22;
const MINOR = 19;

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const main = path.join(root, 'dist', 'main.js');

function isOldNode(version) {
  const parts = version.replace(/^v/, '').split('.').map(Number);
  return parts[0] < MAJOR || (parts[0] === MAJOR && parts[1] < MINOR);
}

function fail(message) {
  process.stderr.write('labtop ' + message + '\n');
  process.exitCode = 1;
}

// Not the shared default under /tmp: whoever creates that folder first could plant code for others.
function cacheDir() {
  const base = process.env.XDG_CACHE_HOME;
  const home = base && path.isAbsolute(base) ? base : path.join(os.homedir(), '.cache');
  return process.env.NODE_COMPILE_CACHE || path.join(home, 'labtop', 'compile');
}

if (isOldNode(process.version)) {
  // In a checkout no labtop is on the path for npx to find.
  const command = fs.existsSync(path.join(root, 'src'))
    ? 'node ' + path.join(root, 'bin', 'labtop.js')
    : 'labtop';
  fail(
    'needs Node 22.19 or newer; this is ' +
      process.version.replace(/^v/, '') +
      ' (' +
      process.execPath +
      '). Try: npx -p node@24 ' +
      command,
  );
} else if (!fs.existsSync(main)) {
  fail('is not built: ' + main + ' is missing; run npm run build');
} else {
  module.enableCompileCache(cacheDir());
  // The heap of young objects would grow to 32 MB in a burst and stay so for weeks; at its first size it costs no
  // measurable time. The old one would grow to three times of what is in use before it is cleaned, and stays as large as
  // it was while everything came in at once, in pages that are half empty: it is kept tight, and newer versions move what
  // is left on such pages together. With 150 hosts that is 30 MB less, and pauses of 40 ms in place of 20; with few hosts
  // it is 5 MB, and no measurable time. The compiler in the middle takes some MB, and what is hot is compiled by the one
  // above it. To optimize for size takes less still, but half as much again for the slowest frames. A flag that this V8
  // does not know is not set: it would complain on the terminal.
  const v8Version = parseInt(process.versions.v8, 10);
  if (v8Version <= 15) {
    for (const flag of ['--semi-space-growth-factor=1', '--heap-growing-percent=20', '--no-maglev'])
      v8.setFlagsFromString(flag);
    if (v8Version >= 13) v8.setFlagsFromString('--memory-saver-mode');
  }
  // Small buffers are cut out of slabs, 64 kB each in newer versions: a key that lives as long as its connection keeps
  // its slab with it.
  Buffer.poolSize = 8192;
  // Not for what is started from here.
  if (process.env.MALLOC_ARENA_MAX === '1') delete process.env.MALLOC_ARENA_MAX;
  if (process.env.MALLOC_TRIM_THRESHOLD_ === '131072') delete process.env.MALLOC_TRIM_THRESHOLD_;
  import(pathToFileURL(main).href).catch(function (error) {
    fail('cannot start: ' + (error && error.stack ? error.stack : String(error)));
  });
}
