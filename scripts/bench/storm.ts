import { setTimeout as sleep } from 'node:timers/promises';
import { privateHome, startConsole } from '../../test/support/console-driver.ts';
import type { Driver } from '../../test/support/console-driver.ts';
import { rssMb } from './console.ts';
import { spread } from './measure.ts';
import type { Spread } from './measure.ts';

/** What a storm of replicas costs the built console, beside one of the same age on a calm lab. */
export type Storm = {
  /** Replicas that it counts at the end. */
  readonly replicas: number;
  readonly rssMb: number;
  readonly calmRssMb: number;
  /** From a key to the first bytes after it, in the table of objects while they multiply; on a terminal of the system. */
  readonly keys: Spread;
  readonly calmKeys: Spread;
  /** The same of a program that does nothing: the terminal itself echoes. */
  readonly echo: Spread;
};

const REPLICAS = 200_000;
const KEY_MS = 97;
/** So many at the least, however fast the storm is. */
const KEYS = 200;
const ANSWER_LIMIT_MS = 5_000;
const STORM_LIMIT_MS = 600_000;
const SETTLE_MS = 10_000;
/** Resident memory goes up and down with the collector: the median of so many looks counts. */
const LOOKS = 15;
const LOOK_MS = 1_000;

/** Lets `labtop demo` run in both at the same time, so that both have the same machine, age and view. */
export async function measureStorm(): Promise<Storm> {
  const homes = [privateHome(), privateHome()] as const;
  const start = (home: (typeof homes)[number], scenario: string): Driver =>
    startConsole({
      cols: 120,
      rows: 40,
      args: ['demo', '--scenario', scenario],
      env: home.env,
    });
  const [calm, storm] = [start(homes[0], 'calm'), start(homes[1], 'longhorn-storm')];
  const echo = startConsole({ cols: 120, rows: 40, shell: 'exec cat' });
  try {
    await Promise.all([calm, storm].map(showObjects));
    const samples = { calm: [] as number[], storm: [] as number[], echo: [] as number[] };
    const until = performance.now() + STORM_LIMIT_MS;
    const isOver = (): boolean => replicasOn(storm.screen()) >= REPLICAS;
    for (let key = 0; key < KEYS || !isOver(); key += 1) {
      if (performance.now() > until)
        throw new Error(`the replicas were not counted in time\n${storm.screen()}`);
      await sleep(KEY_MS);
      // Back to the first row, wherever the sorting has taken the second one: the replicas have to stay in sight.
      const name = key % 2 === 0 ? 'j' : 'g';
      const hasBegun = replicasOn(storm.screen()) > 1_000;
      const drivers = [
        [storm, samples.storm],
        [calm, samples.calm],
        [echo, samples.echo],
      ] as const;
      // Whoever is first after the pause finds all caches cold: each is so in turn.
      const first = key % drivers.length;
      for (const [driver, into] of [...drivers.slice(first), ...drivers.slice(0, first)]) {
        const took = await press(driver, name);
        if (hasBegun) into.push(took);
      }
    }
    await sleep(SETTLE_MS);
    const rss: { readonly calm: number; readonly storm: number }[] = [];
    for (let look = 0; look < LOOKS; look += 1) {
      rss.push({ calm: rssMb(calm.pid) ?? Number.NaN, storm: rssMb(storm.pid) ?? Number.NaN });
      await sleep(LOOK_MS);
    }
    return {
      replicas: replicasOn(storm.screen()),
      rssMb: spread(rss.map((look) => look.storm)).p50,
      calmRssMb: spread(rss.map((look) => look.calm)).p50,
      keys: spread(samples.storm),
      calmKeys: spread(samples.calm),
      echo: spread(samples.echo),
    };
  } finally {
    for (const driver of [calm, storm]) {
      driver.kill('SIGTERM');
      await driver.exited;
      driver.dispose();
    }
    echo.dispose();
    for (const home of homes) home.remove();
  }
}

async function showObjects(driver: Driver): Promise<void> {
  await driver.waitFor('the lab', (screen) => screen.includes('● live'));
  driver.press(':objects');
  await driver.waitFor('the view in the palette', (screen) => />objects/.test(screen));
  driver.press('\r');
  await driver.waitFor('the objects', (screen) => replicasOn(screen) > 0);
}

/** The count in the row of the replicas; 0 where there is none. */
const replicasOn = (screen: string): number =>
  Number(/^┃[ >]*\S* replicas +(\S+)/m.exec(screen)?.[1]?.replaceAll(/\D/g, '') ?? 0);

async function press(driver: Driver, key: string): Promise<number> {
  const answer = driver.nextBytes();
  const from = performance.now();
  driver.press(key);
  return (await Promise.race([answer, sleep(ANSWER_LIMIT_MS, Number.POSITIVE_INFINITY)])) - from;
}
