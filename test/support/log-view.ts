import type { LogLine, LogSnapshot, LogStream } from '../../src/domain/log.ts';
import type { Tone } from '../../src/domain/view.ts';
import type { LogView } from '../../src/ui/model.ts';

const PODS = ['gitea-runner-7d9f8-abcde', 'gitea-runner-7d9f8-fghij'] as const;
const CONTAINERS = ['runner', 'dind'] as const;
const WORDS: readonly (readonly [string, Tone])[] = [
  [
    'level=info msg="request served" method=GET path=/api/v1/items status=200 duration=12ms',
    'plain',
  ],
  ['level=debug msg="cache refreshed" entries=4281', 'plain'],
  ['level=warn msg="slow query" duration=1430ms table=documents', 'warn'],
  ['level=info msg="job finished" job=cleanup removed=7', 'plain'],
  ['level=error msg="cannot reach the registry" host=registry.apps.svc error="i/o timeout"', 'bad'],
];

/** A line of a log, made up. */
export const logLine = (change: Partial<LogLine> & Pick<LogLine, 'id'>): LogLine => ({
  text: `line ${change.id}`,
  tone: 'plain',
  at: change.id * 1000,
  nanos: 0,
  pod: PODS[0],
  container: CONTAINERS[0],
  ...change,
});

export const logStream = (change: Partial<LogStream> = {}): LogStream => ({
  namespace: 'apps',
  name: PODS[0],
  container: CONTAINERS[0],
  state: 'open',
  error: null,
  since: 0,
  ...change,
});

/** What is kept of some logs. */
export const logSnapshot = (change: Partial<LogSnapshot> = {}): LogSnapshot => ({
  lines: [],
  droppedLines: 0,
  bytes: 0,
  streams: [logStream()],
  leftOut: 0,
  isHeld: false,
  behindMs: null,
  ...change,
});

/** The logs of a workload with two pods of two containers, one of which does not start. */
export function logView(now: number): LogView {
  const lines = Array.from({ length: 120 }, (_, index): LogLine => {
    const [text, tone] = WORDS[(index * 7) % 5] ?? ['', 'plain'];
    return logLine({
      id: index + 1,
      text,
      tone,
      at: now - (120 - index) * 1700,
      pod: PODS[index % 3 === 0 ? 1 : 0],
      container: CONTAINERS[index % 2 === 0 ? 0 : 1],
    });
  });
  const mark = logLine({
    id: 500,
    text: '── 14:09:53 ──',
    tone: 'accent',
    at: null,
    pod: '',
    container: '',
  });
  return {
    kind: 'log',
    error: null,
    log: logSnapshot({
      lines: [...lines.slice(0, 114), mark, ...lines.slice(114)],
      droppedLines: 1204,
      bytes: 8 * 1024 * 1024,
      streams: PODS.flatMap((name) =>
        CONTAINERS.map((container) =>
          name === PODS[1] && container === 'dind'
            ? logStream({
                name,
                container,
                state: 'waiting',
                error: {
                  code: 'not-running',
                  message: 'CrashLoopBackOff, ended with exit 1, Error',
                  hint: 'its log goes on when it is started again',
                },
              })
            : logStream({ name, container }),
        ),
      ),
    }),
  };
}
