import { followsFrame } from './follows-frame.ts';
import type { HostKstats } from './host.ts';

/** Which links there are and which of them are up, by the counters. */
export const printLinks = ({ counters }: HostKstats): string =>
  [...counters.links].map(([name, { up }]) => `${name} ${up}`).join('\n');

/**
 * Which links there are and which of them are up, by the counters of each frame: while it is the same, what dladm told
 * holds. So the configuration of links needs no question every minute, and a change is seen within one frame.
 */
export const followsLinks = followsFrame(printLinks);
