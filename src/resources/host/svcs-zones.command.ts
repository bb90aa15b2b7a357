import type { FoldTimes, HostCommand } from '../../domain/command.ts';
import { lastKnown, lastValue } from '../../domain/feed.ts';
import { processChanges } from '../../domain/follows-processes.ts';
import type { HostInventory } from '../../domain/inventory.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { endedSince, isRoleService } from '../../domain/role.ts';
import { whileSameOf } from '../../domain/same-parts.ts';
import { isInTransition } from '../../domain/service.ts';
import type { Service, ServicesOfZones, ZoneServices } from '../../domain/service.ts';
import type { ZoneEntry } from '../../domain/zone.ts';
import { isVmBrand } from '../../domain/zone.ts';
import type { Line } from '../../parse/lines.ts';
import { mark, readMarked, splitAtMarks } from '../../parse/marks.ts';
import { grantProgram } from './lab-monitor.ts';
import { readExplanations } from './svcs-explanation.ts';
import { readServiceList } from './svcs-list.ts';

const LIST = ['pfexec', 'svcs', '-Z', '-H', '-o', 'zone,state,nstate,fmri'] as const;
const EXPLAIN = ['pfexec', 'svcs', '-Z', '-x'] as const;
const GLOBAL = 'global';
const MULTI_USER_SERVER = 'svc:/milestone/multi-user-server:default';
/** svcs.c warns of each zone whose repository it cannot open, passes it over, and ends with 0. */
const REFUSED = /^svcs: Could not bind to repository server for zone \S+: .*$/m;

/**
 * The services of all zones. The door to a zone's repository lies below its zonepath, which is root's alone: it takes
 * file_dac_search. Linux zones and virtual machines have no SMF. Why a service does not run is asked only when there is
 * one that does not. When the processes of a zone get fewer, or more for good, it is asked at once, and when a
 * component whose service does not run answers again.
 */
export const svcsZones: HostCommand<'zoneServices'> = {
  id: 'svcs-zones',
  feed: 'zoneServices',
  pace: 'slow',
  timeoutSeconds: 60,
  follows: (known) => {
    const services = notOnline(known);
    if (services === undefined) return null;
    const unwell = new Set(services.map(([zone]) => zone));
    return [
      processChanges(known, smfZones(known), (zone) => unwell.has(zone)),
      ...services.map(([zone, { state, fmri }]) => `${zone} ${state} ${fmri}`),
      ...componentsIn(unwell, known),
    ].join('\n');
  },
  hurries: (known) =>
    notOnline(known)?.some(([, service]) => isInTransition(service)) === true ? 1 : null,
  question: (known) => {
    if (smfZones(known).length === 0) return undefined;
    return notOnline(known)?.length === 0 ? [LIST] : [LIST, mark('explain'), EXPLAIN];
  },
  unasked: 'no zone with SMF runs',
  denied: (stdout, stderr) =>
    splitAtMarks(stdout).some(
      ({ label, lines }) => label === null && lines.some(({ text }) => !/^global\s/.test(text)),
    )
      ? null
      : (REFUSED.exec(stderr)?.[0] ?? null),
  parse: parseSvcsZones,
  fold: keepTelling,
  foldsItself: true,
  hides: 'services in maintenance inside zones, whether a zone has come up, and what zones are for',
  grant: grantProgram('/usr/bin/svcs', 'privs=file_dac_search'),
};

/** How the components of a control plane are in zones that have a service which is not online: one that is back runs again. */
const componentsIn = (zones: ReadonlySet<string>, { feeds }: HostInventory): readonly string[] =>
  (lastKnown(feeds.zoneComponents)?.value ?? []).flatMap(({ zone, state }) =>
    zones.has(zone) ? [`${zone} ${state}`] : [],
  );

/** Zones that run and are neither Linux nor virtual machines. */
const smfZones = ({ feeds }: HostInventory): readonly ZoneEntry[] =>
  lastKnown(feeds.zones)?.value.filter(
    ({ state, brand }) => state === 'running' && brand !== 'lx' && !isVmBrand(brand),
  ) ?? [];

type NotOnline = readonly (readonly [zone: string, service: Service])[];
const notOnlineOf = whileSameOf<NotOnline>();

/** It is asked for with each answer of the host. */
function notOnline({ feeds }: HostInventory): NotOnline | undefined {
  const services = lastValue(feeds.zoneServices);
  return (
    services &&
    notOnlineOf(services, [], () =>
      [...services.zones].flatMap(([zone, { notOnline: unwell }]) =>
        unwell.map((service) => [zone, service] as const),
      ),
    )
  );
}

/** Reads the list, then behind its mark what `svcs -Zx` tells; the global zone is left to the question of its own. */
export function parseSvcsZones(stdout: string): Parsed<ServicesOfZones> {
  const marked = readMarked(stdout, ['explain']);
  const lines = (label: string | null): readonly Line[] => marked.linesOf(label) ?? [];
  const complaints: Complaint[] = [...marked.complaints];
  const zones = new Map<string, Service[]>();
  for (const { zone, service } of readServiceList(lines(null), complaints, true)) {
    if (zone === null || zone === GLOBAL) continue;
    const known = zones.get(zone);
    if (known) known.push(service);
    else zones.set(zone, [service]);
  }
  return {
    value: {
      zones: new Map([...zones].map(([zone, services]) => [zone, summary(services)])),
      explanations: readExplanations(lines('explain'), complaints).filter(
        ({ zone }) => zone !== null && zone !== GLOBAL,
      ),
    },
    complaints,
  };
}

const WELL: ReadonlySet<string> = new Set(['online', 'legacy_run', 'disabled']);

const summary = (services: readonly Service[]): ZoneServices => ({
  count: services.length,
  milestone: services.find(({ fmri }) => fmri === MULTI_USER_SERVER)?.state ?? null,
  notOnline: services.filter(({ state }) => !WELL.has(state)),
  telling: services.flatMap(({ fmri, state }) =>
    state !== 'disabled' && isRoleService(fmri) ? [fmri] : [],
  ),
});

/** A zone that does not run any more is still known by the services that it had, and so is one that has lost them. */
function keepTelling(
  previous: ServicesOfZones,
  next: ServicesOfZones,
  times: FoldTimes,
): ServicesOfZones {
  const gone = [...previous.zones].filter(([zone]) => !next.zones.has(zone));
  const ended = [...next.zones].flatMap(([zone, services]) => {
    const before = previous.zones.get(zone);
    const all = endedSince(before?.telling ?? [], before?.ended, times.previous, services.telling);
    return all === undefined ? [] : [[zone, { ...services, ended: all }] as const];
  });
  if (gone.length === 0 && ended.length === 0) return next;
  return {
    ...next,
    zones: new Map([
      ...next.zones,
      ...ended,
      ...gone.map(
        ([zone, known]) => [zone, { ...known, count: 0, milestone: null, notOnline: [] }] as const,
      ),
    ]),
  };
}
