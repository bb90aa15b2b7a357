import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What V8 compiles while a program warms up, for hours: it is not what the program keeps. */
const CODE = /^(?:code|trusted)_/;

/** Bytes that are still used after a collection of garbage, without compiled code. */
export function keptBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return getHeapSpaceStatistics()
    .filter(({ space_name }) => !CODE.test(space_name))
    .reduce((sum, { space_used_size }) => sum + space_used_size, 0);
}
