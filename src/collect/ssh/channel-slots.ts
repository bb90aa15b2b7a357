export type ChannelSlots = {
  /** Takes a slot; false when none came free in time, or the wait was aborted. */
  readonly acquire: (signal?: AbortSignal) => Promise<boolean>;
  readonly release: () => void;
  readonly open: () => number;
};

/** Counts the channels of one connection, so that the server's MaxSessions is never met by surprise. */
export function createChannelSlots(limit: number): ChannelSlots {
  let open = 0;
  let waiting: readonly (() => void)[] = [];

  return {
    acquire: (signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) {
          resolve(false);
          return;
        }
        if (open < limit) {
          open++;
          resolve(true);
          return;
        }
        const onAbort = (): void => {
          waiting = waiting.filter((one) => one !== grant);
          resolve(false);
        };
        const grant = (): void => {
          signal?.removeEventListener('abort', onAbort);
          open++;
          resolve(true);
        };
        waiting = [...waiting, grant];
        signal?.addEventListener('abort', onAbort, { once: true });
      }),
    release: () => {
      open--;
      const [next, ...others] = waiting;
      waiting = others;
      next?.();
    },
    open: () => open,
  };
}
