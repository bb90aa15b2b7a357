/**
 * Writes labtop.1, the manual page, from the command line's table and from the keymap.
 *
 *     node scripts/manual.ts [--check]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { manualPage } from './manual/page.ts';

const file = join(import.meta.dirname, '..', 'labtop.1');
const page = manualPage();
if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== page) {
    console.error('labtop.1 is not current: node scripts/manual.ts');
    process.exitCode = 1;
  }
} else writeFileSync(file, page);
