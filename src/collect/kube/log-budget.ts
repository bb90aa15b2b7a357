/** How much is read in a while, by everyone together. */
export type LogBudget = {
  /** Resolves when there is room for more, or at the abort. */
  readonly room: (signal: AbortSignal) => Promise<void>;
  readonly spend: (bytes: number) => void;
};

/**
 * What is not read stays with the sender: HTTP/2 lets it send a window and no more. So a flood costs neither memory nor
 * the time of keys.
 */
export function createLogBudget(bytesPerSlot: number, slotMs: number): LogBudget {
  let slotEnd = 0;
  let left = 0;
  const open = (): boolean => {
    const now = performance.now();
    if (now < slotEnd) return left > 0;
    slotEnd = now + slotMs;
    left = bytesPerSlot;
    return true;
  };
  return {
    room: async (signal) => {
      while (!signal.aborted && !open())
        await new Promise((resolve) => {
          setTimeout(resolve, Math.max(1, slotEnd - performance.now()));
        });
    },
    spend: (bytes) => {
      left -= bytes;
    },
  };
}
