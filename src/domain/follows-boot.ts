import { followsFrame } from './follows-frame.ts';

/** When the host was booted, by the counters of each frame: what a boot alone changes is asked again after one. */
export const followsBoot = followsFrame(({ counters }) => String(counters.bootTimeSeconds));
