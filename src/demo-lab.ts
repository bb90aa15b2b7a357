import { spawn } from 'node:child_process';

export type DemoOptions = {
  readonly scenario: string | null;
  readonly scale: number | null;
  readonly seed: number | null;
};

export type DemoLab = {
  /** Path of the labtop configuration that the lab has written. */
  readonly config: string;
  /** Ends the lab at once; it removes its files by itself. */
  readonly release: () => void;
};

const START_LIMIT_MS = 60_000;

/**
 * Starts the embedded lab as a process of its own, which ends with this one: by order, or when the channel between
 * them closes.
 * @throws when it does not come up.
 */
export function startDemoLab({ scenario, scale, seed }: DemoOptions): {
  readonly ready: Promise<DemoLab>;
  readonly release: () => void;
} {
  const program = process.argv[1] ?? '';
  const args = Object.entries({ scenario, scale, seed }).flatMap(([name, value]) =>
    value === null ? [] : [`--${name}`, String(value)],
  );
  const child = spawn(process.execPath, [...process.execArgv, program, 'lab', ...args], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Keys such as ctrl-c go to the console alone.
    detached: true,
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  const release = () => {
    if (child.connected) child.disconnect();
  };
  const ready = new Promise<DemoLab>((resolve, reject) => {
    const limit = setTimeout(
      () => reject(new Error('the embedded lab did not start within 60 s')),
      START_LIMIT_MS,
    );
    limit.unref();
    child.once('message', (message) => {
      clearTimeout(limit);
      if (typeof message === 'object' && message !== null && 'config' in message)
        resolve({ config: String(message.config), release });
      else reject(new Error('the embedded lab answered something unknown'));
    });
    child.once('error', (cause) =>
      reject(new Error(`the embedded lab cannot be started: ${cause.message}`, { cause })),
    );
    child.once('exit', (code, signal) => {
      clearTimeout(limit);
      reject(
        new Error(
          `the embedded lab ended (${signal ?? code})${said === '' ? '' : `: ${said.trim()}`}`,
        ),
      );
    });
  });
  return { ready, release };
}
