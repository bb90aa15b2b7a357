import { between, integerBetween, type Random } from '../random.ts';
import type { SshHost } from '../ssh-host.ts';

/** Something that goes wrong with one host for a while, and comes right by itself. */
export type Mishap = {
  /** What happens to the host, in words that follow its name. */
  readonly describe: string;
  readonly begin: (host: SshHost) => void | Promise<void>;
  /** How long it lasts, and what ends it; null: it is over as soon as it happened. */
  readonly end: {
    readonly afterSeconds: number;
    readonly describe: string;
    readonly apply: (host: SshHost) => void | Promise<void>;
  } | null;
};

/** Programs that the console asks often. */
const PROGRAMS = ['kstat', 'zoneadm', 'zpool', 'dladm'] as const;
const NOISE = 'Last login: Thu May  7 09:12:01 2026\r\nYou have mail.\n\u001B]0;omnios\u0007\n';

/** Draws one mishap. None of them needs a person to come right again. */
export function drawMishap(random: Random): Mishap {
  const kind = KINDS[integerBetween(random, 0, KINDS.length - 1)] ?? freezes;
  return kind(random);
}

const pick = <const T>(random: Random, from: readonly [T, ...(readonly T[])]): T =>
  from[integerBetween(random, 0, from.length - 1)] ?? from[0];

const freezes = (random: Random): Mishap => ({
  describe: 'freezes',
  begin: (host) => host.freeze(true),
  end: {
    afterSeconds: between(random, 3, 40),
    describe: 'thaws',
    apply: (host) => host.freeze(false),
  },
});

const KINDS: readonly ((random: Random) => Mishap)[] = [
  freezes,
  (random) => ({
    describe: 'loses its power',
    begin: (host) => host.power(false),
    end: {
      afterSeconds: between(random, 5, 40),
      describe: 'has power again and boots',
      apply: (host) => host.power(true),
    },
  }),
  (random) => ({
    describe: 'refuses connections',
    begin: (host) => host.refuse(true),
    end: {
      afterSeconds: between(random, 2, 20),
      describe: 'takes connections again',
      apply: (host) => host.refuse(false),
    },
  }),
  () => ({
    describe: 'is cut off by a firewall that lost its state',
    begin: (host) => host.forget(),
    end: null,
  }),
  () => ({
    describe: 'breaks off in the middle of a line',
    begin: (host) => host.cutMidLine(),
    end: null,
  }),
  (random) => {
    const roundTripMs = Math.round(between(random, 100, 800));
    const bytesPerSecond = Math.round(between(random, 30_000, 200_000));
    return {
      describe: `is behind a line of ${roundTripMs} ms and ${Math.round(bytesPerSecond / 1000)} kB/s`,
      begin: (host) => host.shapeLine({ roundTripMs, bytesPerSecond }),
      end: {
        afterSeconds: between(random, 10, 40),
        describe: 'is behind a good line again',
        apply: (host) => host.shapeLine({ roundTripMs: 0, bytesPerSecond: null }),
      },
    };
  },
  (random) => {
    const bytes = integerBetween(random, 0, 6000);
    const fate = pick(random, ['hold', 'end', 'reset']);
    return {
      describe: `loses each connection after ${bytes} bytes (${fate})`,
      begin: (host) => host.limitLine({ bytes, fate }),
      end: {
        afterSeconds: between(random, 2, 20),
        describe: 'keeps its connections again',
        apply: (host) => host.limitLine(null),
      },
    };
  },
  (random) => {
    const delayMs = Math.round(between(random, 300, 4000));
    return {
      describe: `answers ${delayMs} ms late`,
      begin: (host) => host.delayPrograms(delayMs),
      end: {
        afterSeconds: between(random, 5, 30),
        describe: 'answers at once again',
        apply: (host) => host.delayPrograms(0),
      },
    };
  },
  (random) => {
    const program = pick(random, PROGRAMS);
    return {
      describe: `has a ${program} that hangs`,
      begin: (host) => host.hang(program, true),
      end: {
        afterSeconds: between(random, 5, 30),
        describe: `has a ${program} that works again`,
        apply: (host) => host.hang(program, false),
      },
    };
  },
  (random) => {
    const program = pick(random, PROGRAMS);
    return {
      describe: `has a ${program} that prints without end`,
      begin: (host) => host.flood(program, true),
      end: {
        afterSeconds: between(random, 3, 10),
        describe: `has a ${program} that ends again`,
        apply: (host) => host.flood(program, false),
      },
    };
  },
  (random) => {
    const program = pick(random, PROGRAMS);
    const output = Buffer.from(
      Array.from({ length: integerBetween(random, 1, 3000) }, () => integerBetween(random, 0, 255)),
    );
    return {
      describe: `has a ${program} that prints ${output.length} random bytes`,
      begin: (host) => host.garbage(program, output),
      end: {
        afterSeconds: between(random, 5, 20),
        describe: `has a ${program} that makes sense again`,
        apply: (host) => host.garbage(program, null),
      },
    };
  },
  (random) => ({
    describe: 'has a banner and a noisy profile',
    begin: (host) => {
      host.banner('This system is for authorised use only.\r\n');
      host.profileNoise(NOISE);
    },
    end: {
      afterSeconds: between(random, 10, 40),
      describe: 'is quiet at the login again',
      apply: (host) => {
        host.banner(null);
        host.profileNoise(null);
      },
    },
  }),
  (random) => ({
    describe: 'allows one session for each connection',
    begin: (host) => host.limitSessions(1),
    end: {
      afterSeconds: between(random, 10, 40),
      describe: 'allows ten sessions again',
      apply: (host) => host.limitSessions(null),
    },
  }),
];
