import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import ssh2 from 'ssh2';

/** The private key of a file, in a form that node:crypto signs with. */
export type Unlocked =
  | { readonly kind: 'key'; readonly key: KeyObject }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'unusable'; readonly why: string };

type Task = {
  readonly labtopTask: 'unlock-key';
  readonly text: string;
  readonly passphrase: string;
};

/**
 * Opens an encrypted key file. It happens in a thread of its own, because the derivation of the key takes half a
 * second to several: the console must not stand still. Never rejects.
 */
export function unlockKey(text: string, passphrase: string): Promise<Unlocked> {
  return new Promise((resolve) => {
    const task: Task = { labtopTask: 'unlock-key', text, passphrase };
    const worker = new Worker(new URL(import.meta.url), {
      workerData: task,
      stdout: true,
      stderr: true,
    });
    worker.once('message', (result: Unlocked) => resolve(result));
    worker.once('error', (error: unknown) =>
      resolve({ kind: 'unusable', why: error instanceof Error ? error.message : String(error) }),
    );
    worker.once('exit', () => resolve({ kind: 'unusable', why: 'it could not be read' }));
  });
}

const isTask = (data: unknown): data is Task =>
  typeof data === 'object' &&
  data !== null &&
  'labtopTask' in data &&
  data.labtopTask === 'unlock-key';

function unlock({ text, passphrase }: Task): Unlocked {
  // PKCS#8, which ssh2 does not read.
  if (/^-----BEGIN (?:ENCRYPTED )?PRIVATE KEY-----/m.test(text)) {
    try {
      return { kind: 'key', key: createPrivateKey({ key: text, passphrase }) };
    } catch {
      return { kind: 'wrong' };
    }
  }
  const parsed: unknown = ssh2.utils.parseKey(text, passphrase);
  const key = Array.isArray(parsed) ? (parsed as unknown[])[0] : parsed;
  if (key instanceof Error)
    return /passphrase|integrity|decrypt/i.test(key.message)
      ? { kind: 'wrong' }
      : { kind: 'unusable', why: key.message };
  return {
    kind: 'key',
    key: createPrivateKey((key as { getPrivatePEM: () => string }).getPrivatePEM()),
  };
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- this is no window
if (!isMainThread && isTask(workerData)) parentPort?.postMessage(unlock(workerData));
