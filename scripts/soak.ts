/**
 * Runs what a console runs on against the embedded lab's random faults and prints what it holds every minute. Fails when
 * something grows, or is left behind at the end.
 *
 *     npm run build && tsx scripts/soak.ts [--minutes 30] [--every 60] [--seed 1]
 *     tsx scripts/soak.ts --days 3        days in minutes: the lab without sockets, its time moved by hand
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { soakDays } from './soak/run-days.ts';
import { runSoak } from './soak/run-soak.ts';
import { heapSlope } from './soak/verdict.ts';
import type { Reading } from './soak/verdict.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    every: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    days: { type: 'string' },
  },
});
const [minutes, every, seed] = [Number(values.minutes), Number(values.every), Number(values.seed)];
if (!(minutes > 0) || !(every > 0) || !Number.isInteger(seed)) {
  console.error('soak: --minutes and --every (seconds) take a number above 0, --seed a whole one');
  process.exit(2);
}
if (values.days !== undefined) {
  const complaints = await soakDays(Number(values.days));
  for (const complaint of complaints) console.error(`soak: ${complaint}`);
  console.log(complaints.length === 0 ? 'nothing grows' : 'failed');
  process.exit(complaints.length === 0 ? 0 : 1);
}
const hasSsh = spawnSync('ssh', ['-V']).status === 0;
console.log(
  `${minutes} minutes of chaos with seed ${seed}${hasSsh ? '; the second host by the ssh program' : ''}`,
);

const COLUMNS: readonly (readonly [string, (reading: Reading) => string])[] = [
  ['minute', ({ at }) => (at / 60).toFixed(1)],
  ['heap MB', ({ heapMb }) => heapMb.toFixed(1)],
  ['past MB', ({ historyMb }) => historyMb.toFixed(1)],
  ['RSS MB', ({ rssMb }) => rssMb.toFixed(0)],
  ['channels', ({ channels }) => String(channels)],
  ['processes', ({ processes }) => String(processes)],
  ['files', ({ files }) => String(files ?? '┄')],
  ['timers', ({ timers }) => String(timers)],
];
const row = (cells: readonly string[]): string => cells.map((cell) => cell.padStart(10)).join('');
console.log(`${row(COLUMNS.map(([name]) => name))}  hosts`);
const { readings, complaints, reconnects, receivedBytes } = await runSoak({
  seed,
  seconds: minutes * 60,
  everySeconds: every,
  hasSsh,
  onReading: (reading, sources) => {
    const states = sources.inventory().hosts.map(({ source }) => source.state);
    console.log(`${row(COLUMNS.map(([, say]) => say(reading)))}  ${states.join(' ')}`);
  },
});
const slope = heapSlope(readings);
console.log(
  `heap slope ${slope === null ? '┄' : `${slope.perDay.toFixed(1)} ± ${slope.standardError.toFixed(1)} MB a day`}, ${reconnects} reconnections, ${(receivedBytes / 2 ** 20).toFixed(0)} MB received`,
);
for (const complaint of complaints) console.error(`soak: ${complaint}`);
console.log(complaints.length === 0 ? 'nothing grows, nothing is left behind' : 'failed');
process.exit(complaints.length === 0 ? 0 : 1);
