import { setTimeout as sleep } from 'node:timers/promises';
import { queryObjects } from 'node:v8';
import { CellBuffer } from '../../src/term/cell-buffer.ts';
import { createStyles } from '../../src/term/style.ts';
import { createScreen } from '../../src/ui/screen.ts';
import { createTones } from '../../src/ui/tones.ts';
import { shownOf, themeNamed } from '../../test/support/counting-terminal.ts';
import { keptBytes } from '../../test/support/heap.ts';
import { createLabInventory } from '../../test/support/lab-inventory.ts';
import { model } from '../../test/support/model.ts';

export type DaysOptions = {
  readonly hours: number;
  /** Simulated; between two rounds of answers, of five seconds each. */
  readonly stepSeconds: number;
  readonly everyHours: number;
  readonly onReading?: (reading: DayReading) => void;
};

/** What is held at one simulated time. */
export type DayReading = {
  readonly hour: number;
  /** After a collection of garbage, without compiled code; arrays of samples lie beside it. */
  readonly heapMb: number;
  /** Samples of the past: they have a budget of their own, and fill for a day. */
  readonly historyMb: number;
  /** By their kinds, after a collection of garbage. */
  readonly objects: Readonly<Record<Kind, number>>;
};

/** After so many hours every ring of the past is full. */
const FILLED_HOURS = 24;
/** Breath of the collector and of what is counted in windows of an hour. */
const BREATH_MB = 0.2;
const BREATH_OBJECTS = 2000;

const KINDS = { Object, Array, Map, Set, Function, Promise } as const;
type Kind = keyof typeof KINDS;
const ROUNDS = 3;
const MB = 2 ** 20;

/**
 * Days of the reference lab in minutes, without sockets: its commands' answers are parsed, stored, judged, sampled and
 * painted, and time passes by hand.
 */
export async function runDays(options: DaysOptions): Promise<readonly DayReading[]> {
  const lab = await createLabInventory({ samples: 3 });
  const tones = createTones(createStyles('truecolor'), themeNamed('midnight'));
  const screen = createScreen(() => tones);
  const buffer = new CellBuffer(120, 40);
  const begun = lab.now();
  const hour = (): number => (lab.now() - begun) / 3_600_000;
  const readings: DayReading[] = [];
  let next = options.everyHours;
  while (hour() < options.hours) {
    lab.pass(Math.max(0, options.stepSeconds - 5) * 1000);
    await lab.step();
    screen.paint(buffer, model(shownOf(lab)));
    if (hour() < next) continue;
    next += options.everyHours;
    // What finalizers give back takes several rounds.
    for (let round = 0; round < ROUNDS; round += 1) {
      keptBytes();
      await sleep(1);
    }
    const reading: DayReading = {
      hour: hour(),
      heapMb: keptBytes() / MB,
      historyMb: lab.history.bytes() / MB,
      objects: countObjects(),
    };
    readings.push(reading);
    options.onReading?.(reading);
  }
  return readings;
}

const countObjects = (): DayReading['objects'] =>
  Object.fromEntries(
    Object.entries(KINDS).map(([name, kind]) => [name, queryObjects(kind, { format: 'count' })]),
  ) as DayReading['objects'];

/** What has grown since the past was full, in words; empty: nothing. */
export function grownByDays(readings: readonly DayReading[]): readonly string[] {
  const full = readings.filter(({ hour }) => hour >= FILLED_HOURS);
  const [first, last] = [full[0], full.at(-1)];
  if (!first || !last || first === last) return ['no two readings after the first day'];
  const days = (last.hour - first.hour) / 24;
  const heap = (last.heapMb - first.heapMb) / Math.max(1, days);
  return [
    ...(heap > BREATH_MB ? [`the heap grows by ${heap.toFixed(2)} MB a day`] : []),
    ...(last.historyMb > first.historyMb ? ['the samples of the past grow'] : []),
    ...(Object.keys(KINDS) as Kind[]).flatMap((name) => {
      const more = last.objects[name] - first.objects[name];
      return more > BREATH_OBJECTS * Math.max(1, days) ? [`${more} more ${name}`] : [];
    }),
  ];
}

/** Prints what is held every six hours, with answers every minute; returns what has grown. */
export async function soakDays(days: number): Promise<readonly string[]> {
  console.log('      hour   heap MB   past MB   objects');
  const readings = await runDays({
    hours: days * 24,
    stepSeconds: 60,
    everyHours: 6,
    onReading: ({ hour, heapMb, historyMb, objects }) => {
      const cells = [hour.toFixed(1), heapMb.toFixed(2), historyMb.toFixed(2), objects.Object];
      console.log(cells.map((cell) => String(cell).padStart(10)).join(''));
    },
  });
  return grownByDays(readings);
}
