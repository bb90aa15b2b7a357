/** Takes a slot; resolves to the function that gives it back. */
export type HandshakeLimiter = {
  readonly acquire: (address: string, signal?: AbortSignal) => Promise<() => void>;
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

  const take = (address: string): (() => void) => {
    total++;
    taken.set(address, (taken.get(address) ?? 0) + 1);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      total--;
      const left = (taken.get(address) ?? 1) - 1;
      if (left === 0) taken.delete(address);
      else taken.set(address, left);
      grantNext();
    };
  };

  const grantNext = (): void => {
    const next = waiting.find(({ address }) => isFree(address));
    if (next === undefined) return;
    waiting = waiting.filter((one) => one !== next);
    next.grant();
  };

  const acquire = (address: string, signal?: AbortSignal): Promise<() => void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(new Error('aborted'));
        return;
      }
      if (isFree(address)) {
        resolve(take(address));
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
          resolve(take(address));
        },
      };
      waiting = [...waiting, place];
      signal?.addEventListener('abort', onAbort, { once: true });
    });

  return { acquire, taken: () => total };
}
