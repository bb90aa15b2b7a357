import type { Scope } from './expand.ts';
import type { Frame, RunList, Streams } from './frame.ts';
import { createCollector } from './streams.ts';
import { inSubshell } from './subshell.ts';

export function scopeOf(frame: Frame, streams: Streams, runList: RunList): Scope {
  return {
    lookup: (name) => {
      switch (name) {
        case '?':
          return String(frame.status);
        case '$':
          return String(frame.pid);
        case '#':
          return String(frame.positional.length);
        case '0':
          return frame.name;
        case '-':
        case '!':
          return '';
        default:
          return /^[1-9]/.test(name)
            ? frame.positional[Number(name) - 1]
            : frame.variables.get(name);
      }
    },
    assign: (name, value) => frame.variables.set(name, value),
    positional: () => frame.positional,
    substitute: async (body) => {
      const collector = createCollector();
      frame.status = await inSubshell(frame, (inner) =>
        runList(body, inner, { ...streams, stdout: collector }),
      );
      return collector.text();
    },
  };
}
