/** The timers of one cluster: all end with it. */
export type Timers = {
  /** Runs a task once; returns what cancels it. */
  readonly after: (milliseconds: number, task: () => void) => () => void;
  readonly every: (milliseconds: number, task: () => void) => () => void;
  /**
   * Runs a task after the pace of the cluster. A key that waits already is not added again: a task looks at the
   * present state, so one run serves all reasons.
   */
  readonly soon: (key: string, task: () => void) => void;
  readonly close: () => void;
};

export function createTimers(paceMs: number): Timers {
  const handles = new Set<NodeJS.Timeout>();
  const waiting = new Set<string>();
  let closed = false;
  const after: Timers['after'] = (milliseconds, task) => {
    if (closed) return () => undefined;
    const handle = setTimeout(() => {
      handles.delete(handle);
      task();
    }, milliseconds);
    handles.add(handle);
    return () => {
      handles.delete(handle);
      clearTimeout(handle);
    };
  };
  return {
    after,
    every(milliseconds, task) {
      const handle = setInterval(task, milliseconds);
      handles.add(handle);
      return () => {
        handles.delete(handle);
        clearInterval(handle);
      };
    },
    soon(key, task) {
      if (waiting.has(key)) return;
      waiting.add(key);
      after(paceMs, () => {
        waiting.delete(key);
        task();
      });
    },
    close() {
      closed = true;
      for (const handle of handles) clearTimeout(handle);
      handles.clear();
    },
  };
}
