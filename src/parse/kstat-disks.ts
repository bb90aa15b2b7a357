import type { KstatRow } from './kstat-lines.ts';

const DRIVERS = '^(sd|ssd|cmdk|blkdev)$';
const ERRORS = '^(sderr|ssderr|cmdkerror|blkdeverr)$';
/** Drivers of disks, and the modules of their error kstats (sd.c, cmdk.c, blkdev.c), as operands of kstat(8). */
export const DISK_MODULES = `/${DRIVERS}/`;
export const DISK_ERROR_MODULES = `/${ERRORS}/`;

const IS_DRIVER = new RegExp(DRIVERS);
const IS_ERRORS = new RegExp(ERRORS);
const INSTANCE = /^[a-z]+[0-9]+$/;

/** The disk that a kstat is about: `sd3` of `sd:3:sd3` and of `sderr:3:sd3,err`; undefined for others. */
export function diskInstance({
  module,
  name,
}: Pick<KstatRow, 'module' | 'name'>): string | undefined {
  const instance = IS_ERRORS.test(module)
    ? name.split(',')[0]
    : IS_DRIVER.test(module)
      ? name
      : undefined;
  return instance !== undefined && INSTANCE.test(instance) ? instance : undefined;
}
