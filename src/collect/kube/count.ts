import { readJson } from './body.ts';
import type { KubeTransport } from './kube-transport.ts';
import { asRecord, asText } from './status-error.ts';

/** How many objects there are at a path, and the version at which they were counted. */
export type Counted = {
  /** undefined where the server does not say it. */
  readonly count: number | undefined;
  readonly resourceVersion: string;
};

/** A row of a Table without its object: less than the metadata, and nothing of a Secret. */
const ACCEPT = 'application/json;as=Table;g=meta.k8s.io;v=v1,application/json';
const LIMIT = 8 * 1024 * 1024;

/**
 * Counts objects without listing them: one is asked for, and the server tells how many remain
 * (`metadata.remainingItemCount`). Without `resourceVersion`: for version 0 the watch cache ignores the limit.
 * With a selector the server does not say how many remain.
 * @throws {KubeError} without an answer, or with one that is not a 2xx
 */
export async function countObjects(
  transport: KubeTransport,
  path: string,
  signal: AbortSignal,
  onBytes?: () => void,
): Promise<Counted> {
  const answer = await transport.open({
    method: 'GET',
    path: `${path}?limit=1&includeObject=None`,
    accept: ACCEPT,
    signal,
  });
  const list = asRecord(await readJson(answer, LIMIT, transport.target(), onBytes));
  const metadata = asRecord(list['metadata']);
  const seen = [list['rows'], list['items']].find((entry) => Array.isArray(entry))?.length ?? 0;
  const remaining = metadata['remainingItemCount'];
  const isAll = asText(metadata['continue']) === '';
  return {
    count: typeof remaining === 'number' ? seen + remaining : isAll ? seen : undefined,
    resourceVersion: asText(metadata['resourceVersion']),
  };
}
