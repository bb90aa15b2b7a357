import { followsFrame } from './follows-frame.ts';

/**
 * Which disks there are and how many new errors they count, by the counters of each frame: what a disk that goes or fails
 * changes is asked for within one frame. Errors count by their magnitude, so that a disk that fails all the time does not
 * make the pools be asked all the time.
 */
export const followsDisks = followsFrame(({ disks }) =>
  [...disks]
    .map(([instance, { newErrors }]) => {
      const count = (newErrors?.hard ?? 0) + (newErrors?.transport ?? 0) + (newErrors?.media ?? 0);
      return `${instance} ${Math.ceil(Math.log2(count + 1))}`;
    })
    .join('\n'),
);
