import { setFlagsFromString } from 'node:v8';

/** What bin/labtop.js sets at the start; a minute later the old heap may grow by 20 percent. */
export const V8_FLAGS = [
  '--semi-space-growth-factor=1',
  '--heap-growing-percent=15',
  '--no-maglev',
] as const;

/** Sets V8 up as bin/labtop.js does: a part that is to have the memory of the product calls it first. */
export function setUpAsShipped(): void {
  for (const flag of V8_FLAGS) setFlagsFromString(flag);
  Buffer.poolSize = 8192;
}
