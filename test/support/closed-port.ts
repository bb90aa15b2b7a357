import { onTestFinished } from 'vitest';
import { keepPort } from '../../src/lab/listener.ts';

/** A port of loopback on which nobody listens, and nobody begins to until the test ends. */
export async function closedPort(): Promise<number> {
  const { port, release } = await keepPort();
  onTestFinished(release);
  return port;
}
