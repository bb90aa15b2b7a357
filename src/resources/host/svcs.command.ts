import type { HostCommand } from '../../domain/command.ts';
import { lastKnown } from '../../domain/feed.ts';
import type { HostInventory } from '../../domain/inventory.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import type { Service, Services } from '../../domain/service.ts';
import { isUnwell } from '../../domain/service.ts';
import type { Line } from '../../parse/lines.ts';
import { splitWords } from '../../parse/lines.ts';
import { mark, splitAtMarks } from '../../parse/marks.ts';
import { readExplanations } from './svcs-explanation.ts';

const LIST = ['svcs', '-H', '-o', 'state,nstate,fmri'] as const;

/**
 * The services of the global zone that are meant to run. Why one does not is asked only when there is one that does not:
 * `svcs -x` walks the whole graph of dependencies. No privilege is needed.
 */
export const svcs: HostCommand<'services'> = {
  id: 'svcs',
  feed: 'services',
  pace: 'slow',
  timeoutSeconds: 30,
  // A service that has just failed is not explained yet.
  follows: (known) =>
    notRunning(known)
      ?.map(({ fmri, state }) => `${state} ${fmri}`)
      .join('\n') ?? null,
  question: (known) => (needsReasons(known) ? [LIST, mark('explain'), ['svcs', '-x']] : [LIST]),
  parse: parseSvcs,
  hides: 'SMF services of the global zone in maintenance or degraded',
};

const notRunning = ({ feeds }: HostInventory): readonly Service[] | undefined =>
  lastKnown(feeds.services)?.value.services.filter(
    (service) => isUnwell(service) || service.state === 'offline',
  );
const needsReasons = (known: HostInventory): boolean => notRunning(known)?.length !== 0;

/** Reads the list, then behind its mark what `svcs -x` tells. */
export function parseSvcs(stdout: string): Parsed<Services> {
  const complaints: Complaint[] = [];
  const sections = splitAtMarks(stdout);
  const lines = (label: string | null): readonly Line[] =>
    sections.filter((section) => section.label === label).flatMap((section) => section.lines);
  const services = readList(lines(null), complaints);
  const explanations = readExplanations(lines('explain'), complaints);
  return { value: { services, explanations }, complaints };
}

const STATES = /^(?:online|offline|degraded|maintenance|disabled|uninitialized|legacy_run)\*?$/;
const HEADER = /^(?:ZONE +)?STATE +.*FMRI$/;

/**
 * cmd/svc/svcs/svcs.c: state, next state, FMRI between blanks, `-` for no next state. The FMRI comes last whatever else
 * is asked for; a zone may stand before the state, and the time of the last change behind it.
 */
function readList(lines: readonly Line[], complaints: Complaint[]): readonly Service[] {
  const services: Service[] = [];
  for (const { number, text } of lines) {
    const words = splitWords(text);
    const fmri = words.at(-1) ?? '';
    const at = words.slice(0, 2).findIndex((word) => STATES.test(word));
    const [state = '', next = ''] = words.slice(Math.max(0, at));
    if (HEADER.test(text.trim())) continue;
    if (at === -1 || !/^(?:svc|lrc):/.test(fmri))
      complaints.push(complaint(number, text, 'expected a state and, as the last word, an FMRI'));
    else
      services.push({
        fmri,
        // Without a column for the next state an asterisk tells that there is one.
        state: state.replace('*', ''),
        nextState: STATES.test(next) ? next : null,
      });
  }
  return services;
}
