import { ownText } from '../../domain/own-text.ts';
import type { Complaint } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import type { Service } from '../../domain/service.ts';
import type { Line } from '../../parse/lines.ts';
import { splitWords, wholeLines } from '../../parse/lines.ts';

/** A line of the list; the zone is null when it is not told. */
export type ListedService = {
  readonly zone: string | null;
  readonly service: Service;
  readonly line: Line;
};

const STATES = /^(?:online|offline|degraded|maintenance|disabled|uninitialized|legacy_run)\*?$/;
/** What a service has of whose state its restarter has not told yet. */
const NONE = '-';
const HEADER = /^(?:ZONE +)?STATE +.*FMRI$/;

/**
 * cmd/svc/svcs/svcs.c: state, next state, FMRI between blanks, `-` for no next state. The FMRI comes last whatever else
 * is asked for; a zone may stand before the state, and the time of the last change behind it. With `zoneFirst` it does.
 */
export function readServiceList(
  lines: readonly Line[],
  complaints: Complaint[],
  zoneFirst = false,
): readonly ListedService[] {
  const services: ListedService[] = [];
  for (const line of wholeLines(lines, complaints)) {
    const { number, text } = line;
    const words = splitWords(text);
    const fmri = words.at(-1) ?? '';
    // A zone may be called `online`.
    const told = zoneFirst
      ? words.findIndex((word, index) => index === 1 && STATES.test(word))
      : words.slice(0, 2).findIndex((word) => STATES.test(word));
    const first = zoneFirst ? 1 : 0;
    const at = told === -1 && words[first] === NONE ? first : told;
    const [state = '', next = ''] = words.slice(Math.max(0, at));
    if (HEADER.test(text.trim())) continue;
    if (at === -1 || !/^(?:svc|lrc):/.test(fmri))
      complaints.push(complaint(number, text, 'expected a state and, as the last word, an FMRI'));
    else
      services.push({
        zone: at === 1 && words[0] !== undefined ? ownText(words[0]) : null,
        service: {
          fmri: ownText(fmri),
          // Without a column for the next state an asterisk tells that there is one.
          state: ownText(state.replace('*', '')),
          nextState: STATES.test(next) ? next : null,
        },
        line,
      });
  }
  return services;
}
