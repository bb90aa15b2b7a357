/** The right to set up a connection. */
export type Slot = {
  /** Gives it back; may be called again. */
  readonly release: () => void;
  /** What it is for waits for somebody who may not be there: meanwhile others may have it. */
  readonly lend: () => void;
  /** Has it again, after waiting before all others for one that is free. Rejects when aborted. */
  readonly regain: (signal?: AbortSignal) => Promise<void>;
  /** Has it again at once, as one too many if need be: what it is for goes on without asking. */
  readonly retake: () => void;
};

/** Takes slots. */
export type HandshakeLimiter = {
  /** Waits for a slot. Rejects when aborted. */
  readonly acquire: (address: string, signal?: AbortSignal) => Promise<Slot>;
  /** Slots taken now, for tests and the doctor. */
  readonly taken: () => number;
};

type Waiting = { readonly address: string; readonly grant: () => void };

/**
 * Bounds how many connections are set up at one time, over all hosts and for each address: servers
 * answer a storm of connections with refusals (MaxStartups, PerSourcePenalties).
 */
export function createHandshakeLimiter(limits: {
  readonly total: number;
  readonly perAddress: number;
}): HandshakeLimiter {
  const taken = new Map<string, number>();
  let total = 0;
  let waiting: readonly Waiting[] = [];

  const isFree = (address: string): boolean =>
    total < limits.total && (taken.get(address) ?? 0) < limits.perAddress;

  const take = (address: string): void => {
    total++;
    taken.set(address, (taken.get(address) ?? 0) + 1);
  };

  const giveBack = (address: string): void => {
    total--;
    const left = (taken.get(address) ?? 1) - 1;
    if (left === 0) taken.delete(address);
    else taken.set(address, left);
    grantNext();
  };

  const grantNext = (): void => {
    const next = waiting.find(({ address }) => isFree(address));
    if (next === undefined) return;
    waiting = waiting.filter((one) => one !== next);
    next.grant();
  };

  /** Resolves when one is taken. */
  const taking = (
    address: string,
    signal: AbortSignal | undefined,
    isFirst: boolean,
  ): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(new Error('aborted'));
        return;
      }
      if (isFree(address)) {
        take(address);
        resolve();
        return;
      }
      const onAbort = (): void => {
        waiting = waiting.filter((one) => one !== place);
        reject(new Error('aborted'));
      };
      const place: Waiting = {
        address,
        grant: () => {
          signal?.removeEventListener('abort', onAbort);
          take(address);
          resolve();
        },
      };
      waiting = isFirst ? [place, ...waiting] : [...waiting, place];
      signal?.addEventListener('abort', onAbort, { once: true });
    });

  const slotOf = (address: string): Slot => {
    let state: 'held' | 'lent' | 'over' = 'held';
    return {
      release: () => {
        if (state === 'held') giveBack(address);
        state = 'over';
      },
      lend: () => {
        if (state !== 'held') return;
        state = 'lent';
        giveBack(address);
      },
      regain: async (signal) => {
        if (state !== 'lent') return;
        await taking(address, signal, true);
        state = 'held';
      },
      retake: () => {
        if (state !== 'lent') return;
        state = 'held';
        take(address);
      },
    };
  };

  return {
    acquire: async (address, signal) => {
      await taking(address, signal, false);
      return slotOf(address);
    },
    taken: () => total,
  };
}
