import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { manualPage } from '../scripts/manual/page.ts';

test('the manual page is made from the keymap and the command line as they are', () => {
  const page = readFileSync(join(import.meta.dirname, '../labtop.1'), 'utf8');
  expect(page, 'run: node scripts/manual.ts').toBe(manualPage());
});
