import { setFlagsFromString } from 'node:v8';

/** What bin/labtop.js sets at the start. */
export const V8_FLAGS = [
  '--semi-space-growth-factor=1',
  '--heap-growing-percent=15',
  '--no-maglev',
] as const;

/** What it sets a minute later, for the weeks that follow. */
const LATER = '--heap-growing-percent=20';

/** Sets V8 up as bin/labtop.js has done after a minute: a part that is to have the memory of the product calls it first. */
export function setUpAsShipped(): void {
  for (const flag of [...V8_FLAGS, LATER]) setFlagsFromString(flag);
  Buffer.poolSize = 8192;
}
