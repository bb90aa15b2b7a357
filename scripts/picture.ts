/**
 * Writes pictures of the console on the embedded lab.
 *
 *     tsx scripts/picture.ts [docs/overview.svg ...]
 *
 * Without a file it writes all pictures of the README into docs/.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

// Ink's colours are read when it is loaded.
process.env['FORCE_COLOR'] = '3';
process.env['NODE_ENV'] = 'production';
process.env['TZ'] = 'UTC';
const { drawPicture, PICTURES } = await import('./picture/pictures.ts');

const docs = join(import.meta.dirname, '..', 'docs');
const files =
  process.argv.length > 2
    ? process.argv.slice(2).map((file) => resolve(file))
    : Object.keys(PICTURES).map((name) => join(docs, `${name}.svg`));
for (const file of files) {
  const name = basename(file, '.svg');
  const svg = await drawPicture(name);
  if (svg === null) {
    console.error(
      `picture: ${file}: no picture ${name}; there are ${Object.keys(PICTURES).join(', ')}`,
    );
    process.exitCode = 2;
    continue;
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, svg);
  console.log(`${file}: ${Math.round(svg.length / 100) / 10} kB`);
}
// Ink's timers would keep the process for a while.
process.exit();
