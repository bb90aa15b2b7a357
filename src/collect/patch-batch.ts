/** Joins changes into one call at most every so many milliseconds. */
export type PatchBatch = {
  /** Something changed; `flush` is called soon. */
  readonly mark: () => void;
  /** Something came that was waited for: `flush` is called in the next turn of the event loop. */
  readonly hurry: () => void;
  /** Calls `flush` now if something is marked, and never again. */
  readonly close: () => void;
};

/** @param flush collects what changed since its last call. */
export function createPatchBatch(flush: () => void, everyMs: number): PatchBatch {
  let timer: NodeJS.Timeout | undefined;
  let lastFlush = -Infinity;
  let isClosed = false;

  function run(): void {
    timer = undefined;
    lastFlush = performance.now();
    flush();
  }

  return {
    mark: () => {
      if (isClosed || timer !== undefined) return;
      timer = setTimeout(run, Math.max(0, lastFlush + everyMs - performance.now()));
    },
    hurry: () => {
      if (isClosed) return;
      clearTimeout(timer);
      timer = setTimeout(run, 0);
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
