import type { LonghornJob } from '../../domain/storage.ts';
import { textAt, textsAt } from '../../parse/json-fields.ts';
import { longhornWatch } from './longhorn-watch.ts';
import { readMeta } from './storage-fields.ts';

/** What Longhorn does with its volumes at set times: by it one knows when a backup is due. */
export const longhornJobsWatch = longhornWatch<'longhornJobs'>({
  feed: 'longhornJobs',
  resource: 'recurringjobs',
  shows: 'recurring jobs of Longhorn',
  project: projectJob,
});

function projectJob(object: unknown): LonghornJob | undefined {
  const meta = readMeta(object);
  if (!meta) return undefined;
  return {
    ...meta,
    task: textAt(object, 'spec', 'task'),
    cron: textAt(object, 'spec', 'cron'),
    groups: textsAt(object, 'spec', 'groups'),
  };
}
