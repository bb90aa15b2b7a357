import { setFlagsFromString } from 'node:v8';

/** What bin/labtop.js sets in a V8 of this major version. */
export const v8Flags = (version: number): readonly string[] => [
  '--semi-space-growth-factor=1',
  '--heap-growing-percent=20',
  '--no-maglev',
  ...(version >= 13 ? ['--memory-saver-mode'] : []),
];

/** Sets V8 up as bin/labtop.js does: a part that is to have the memory of the product calls it first. */
export function setUpAsShipped(): void {
  for (const flag of v8Flags(Number.parseInt(process.versions.v8, 10))) setFlagsFromString(flag);
  Buffer.poolSize = 8192;
}
