import type { HostCommand } from '../../domain/command.ts';
import { lastKnown } from '../../domain/feed.ts';
import { processChanges } from '../../domain/follows-processes.ts';
import type { HostInventory } from '../../domain/inventory.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import type { Service, Services } from '../../domain/service.ts';
import { isInTransition, isUnwell } from '../../domain/service.ts';
import type { Line } from '../../parse/lines.ts';
import { mark, readMarked } from '../../parse/marks.ts';
import { readExplanations } from './svcs-explanation.ts';
import { readServiceList } from './svcs-list.ts';

const GLOBAL_ZONE = 'global';
const LIST = ['svcs', '-H', '-o', 'state,nstate,fmri'] as const;

/**
 * The services of the global zone that are meant to run. Why one does not is asked only when there is one that does not:
 * `svcs -x` walks the whole graph of dependencies. No privilege is needed. A service that ends takes its processes with
 * it, which the counters tell at once; one that is being started again is looked at until it has come to rest.
 */
export const svcs: HostCommand<'services'> = {
  id: 'svcs',
  feed: 'services',
  pace: 'slow',
  timeoutSeconds: 30,
  // A service that has just failed is not explained yet.
  follows: (known) => {
    const services = notRunning(known);
    if (services === undefined) return null;
    return [
      processChanges(known, [{ name: GLOBAL_ZONE }], () => services.length > 0),
      ...services.map(({ fmri, state }) => `${state} ${fmri}`),
    ].join('\n');
  },
  hurries: ({ feeds }) =>
    lastKnown(feeds.services)?.value.services.some(isInTransition) === true ? 1 : null,
  question: (known) => (needsReasons(known) ? [LIST, mark('explain'), ['svcs', '-x']] : [LIST]),
  parse: parseSvcs,
  hides: 'SMF services of the global zone in maintenance or degraded',
};

const notRunning = ({ feeds }: HostInventory): readonly Service[] | undefined =>
  lastKnown(feeds.services)?.value.services.filter(
    (service) =>
      isUnwell(service) || service.state === 'offline' || service.state === 'uninitialized',
  );
const needsReasons = (known: HostInventory): boolean => notRunning(known)?.length !== 0;

/** Reads the list, then behind its mark what `svcs -x` tells. */
export function parseSvcs(stdout: string): Parsed<Services> {
  const marked = readMarked(stdout, ['explain']);
  const lines = (label: string | null): readonly Line[] => marked.linesOf(label) ?? [];
  const complaints: Complaint[] = [...marked.complaints];
  const services = readServiceList(lines(null), complaints).flatMap(({ zone, service, line }) => {
    if (zone === null || zone === GLOBAL_ZONE) return [service];
    complaints.push(complaint(line.number, line.text, 'a service of another zone'));
    return [];
  });
  const explanations = readExplanations(lines('explain'), complaints);
  return { value: { services, explanations }, complaints };
}
