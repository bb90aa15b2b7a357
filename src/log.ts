import { appendFileSync } from 'node:fs';
import type { SourceState } from './domain/inventory.ts';
import { sanitize } from './domain/text.ts';
import type { Sources } from './sources.ts';

/** Writes a line to the console's own log. */
export type Log = (text: string) => void;

/**
 * A log that appends to `file`. A line that cannot be written is dropped: the log must never disturb the console.
 * @throws when the file cannot be opened at all.
 */
export function createLog(file: string): Log {
  appendFileSync(file, '', { mode: 0o600 });
  return (text) => {
    try {
      appendFileSync(file, `${new Date().toISOString()} ${sanitize(text).replaceAll('\n', ' ')}\n`);
    } catch {
      // The disk is full, or the folder is gone.
    }
  };
}

/** Logs what becomes of connections and problems. Returns the end of it. */
export function logSources(sources: Sources, log: Log): () => void {
  const states = new Map<string, SourceState>();
  let raised = new Map<string, string>();
  return sources.onChange(() => {
    const { hosts, clusters } = sources.inventory();
    for (const { name, source } of [...hosts, ...clusters]) {
      if (states.get(name) === source.state) continue;
      states.set(name, source.state);
      log(
        `source ${name} ${source.state}${source.error ? `: ${source.error.code}: ${source.error.message}` : ''}`,
      );
    }
    const now = new Map(
      sources
        .problems()
        .map(({ id, severity, subject, title }) => [id, `${severity} ${subject} ${title}`]),
    );
    for (const [id, text] of now) if (!raised.has(id)) log(`problem raised ${id}: ${text}`);
    for (const id of raised.keys()) if (!now.has(id)) log(`problem cleared ${id}`);
    raised = now;
  });
}
