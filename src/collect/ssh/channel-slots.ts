/** What a channel is opened for; each has its own share of the channels of a connection. */
export type ChannelPurpose =
  /** Scheduled questions; the second is for the one that takes the place of the first. */
  | 'sampler'
  /** What cannot wait for the sampler. */
  | 'demand'
  | 'stream'
  | 'action'
  /** Ends what a signal of the transport does not. */
  | 'kill';

/** Together the 10 of the server's default MaxSessions. */
export const CHANNEL_SHARES: Readonly<Record<ChannelPurpose, number>> = {
  sampler: 2,
  demand: 2,
  stream: 3,
  action: 1,
  kill: 2,
};

export type ChannelSlots = {
  /** Takes a slot; false when none came free in time, or the wait was aborted. */
  readonly acquire: (purpose: ChannelPurpose, signal?: AbortSignal) => Promise<boolean>;
  readonly release: (purpose: ChannelPurpose) => void;
  readonly open: () => number;
};

type Waiting = { readonly purpose: ChannelPurpose; readonly grant: () => void };

/** Counts the channels of one connection, so that the server's MaxSessions is never met by surprise. */
export function createChannelSlots(
  shares: Readonly<Record<ChannelPurpose, number>> = CHANNEL_SHARES,
): ChannelSlots {
  const taken = new Map<ChannelPurpose, number>();
  let waiting: readonly Waiting[] = [];
  const takenBy = (purpose: ChannelPurpose): number => taken.get(purpose) ?? 0;
  const take = (purpose: ChannelPurpose): void => {
    taken.set(purpose, takenBy(purpose) + 1);
  };

  return {
    acquire: (purpose, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) {
          resolve(false);
          return;
        }
        if (takenBy(purpose) < shares[purpose]) {
          take(purpose);
          resolve(true);
          return;
        }
        const onAbort = (): void => {
          waiting = waiting.filter((one) => one !== place);
          resolve(false);
        };
        const place: Waiting = {
          purpose,
          grant: () => {
            signal?.removeEventListener('abort', onAbort);
            take(purpose);
            resolve(true);
          },
        };
        waiting = [...waiting, place];
        signal?.addEventListener('abort', onAbort, { once: true });
      }),
    release: (purpose) => {
      taken.set(purpose, Math.max(0, takenBy(purpose) - 1));
      const next = waiting.find((one) => one.purpose === purpose);
      if (next === undefined) return;
      waiting = waiting.filter((one) => one !== next);
      next.grant();
    },
    open: () => [...taken.values()].reduce((sum, count) => sum + count, 0),
  };
}
