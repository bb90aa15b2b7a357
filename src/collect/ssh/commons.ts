import { connect } from 'node:net';
import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { createBastions } from './bastions.ts';
import { createHandshakeLimiter } from './handshake-limiter.ts';
import type { HandshakeLimiter } from './handshake-limiter.ts';
import { createKeyRing } from './key-ring.ts';
import type { KeyRing } from './key-ring.ts';
import { logIn } from './login.ts';
import type { Commons } from './login.ts';
import { createQuestionDesk } from './question-desk.ts';
import { createSshAnswers } from './ssh-answers.ts';
import type { OpenSocket } from './wire.ts';

export type CommonsOptions = {
  /** Somebody is there to be asked. */
  readonly canAsk: boolean;
  readonly limiter?: HandshakeLimiter;
  readonly keyRing?: KeyRing;
  readonly clock?: Clock;
  readonly env?: NodeJS.ProcessEnv;
  readonly openSocket?: OpenSocket;
  /** From 0 to below 1. */
  readonly random?: () => number;
};

/** What the connections to all hosts share. */
export type SharedCommons = Commons & {
  readonly canAsk: boolean;
  readonly close: () => Promise<void>;
};

/** Servers take ten unfinished logins at once (MaxStartups), a jump host those of everybody behind it. */
const HANDSHAKES = { total: 8, perAddress: 4 };

export function createCommons(options: CommonsOptions): SharedCommons {
  const { canAsk } = options;
  const clock = options.clock ?? systemClock;
  const env = options.env ?? process.env;
  const openSocket: OpenSocket = options.openSocket ?? ((place) => connect(place));
  const bastions = createBastions({
    clock,
    random: options.random ?? Math.random,
    logIn: (hop, events) =>
      logIn(hop, {
        commons,
        clock,
        env,
        openSocket,
        canAsk,
        isHop: true,
        // To the hosts behind it, it is one thing to wait for.
        onPhase: () => {},
        ...events,
      }),
  });
  const commons: SharedCommons = {
    canAsk,
    bastions,
    desk: createQuestionDesk(),
    keyRing: options.keyRing ?? createKeyRing(),
    late: new Map(),
    accepted: [],
    limiter: options.limiter ?? createHandshakeLimiter(HANDSHAKES),
    answers: createSshAnswers(),
    close: bastions.close,
  };
  return commons;
}
