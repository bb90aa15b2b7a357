import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The text of a fixture: `readFixture('zone/zoneadm-list/omnios-8-fields.txt')`. */
export const readFixture = (path: string): string =>
  readFileSync(join(import.meta.dirname, path), 'utf8');
