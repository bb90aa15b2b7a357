import { createHash } from 'node:crypto';
import { keyTypeAndBits } from './key-blob.ts';

const WIDTH = 17;
const HEIGHT = 9;
/** The more often a field was visited, the further right its sign; the last two mark start and end. */
const SIGNS = ' .o+=*BOX@%&#/^SE';

/**
 * The picture that `ssh-keygen -lv` draws of a public key (the walk of the drunken bishop over its SHA-256;
 * OpenSSH sshkey.c, fingerprint_randomart): eleven lines, frame included.
 */
export function randomart(blob: Buffer): readonly string[] {
  const visits = Array.from({ length: HEIGHT }, () => Array.from({ length: WIDTH }, () => 0));
  const most = SIGNS.length - 3;
  let x = (WIDTH - 1) / 2;
  let y = (HEIGHT - 1) / 2;
  const mark = (column: number, row: number, value: number): void => {
    const line = visits[row];
    if (line) line[column] = value;
  };
  for (const byte of createHash('sha256').update(blob).digest())
    for (let pair = 0; pair < 4; pair++) {
      const bits = byte >> (pair * 2);
      x = clamp(x + ((bits & 1) === 1 ? 1 : -1), WIDTH);
      y = clamp(y + ((bits & 2) === 2 ? 1 : -1), HEIGHT);
      mark(x, y, Math.min(most, (visits[y]?.[x] ?? 0) + 1));
    }
  mark((WIDTH - 1) / 2, (HEIGHT - 1) / 2, SIGNS.length - 2);
  mark(x, y, SIGNS.length - 1);

  return [
    border(titleOf(blob)),
    ...visits.map((line) => `|${line.map((count) => SIGNS[count] ?? ' ').join('')}|`),
    border('[SHA256]'),
  ];
}

const clamp = (at: number, size: number): number => Math.max(0, Math.min(size - 1, at));

function titleOf(blob: Buffer): string {
  const { name, bits } = keyTypeAndBits(blob);
  const full = `[${name} ${bits ?? 0}]`;
  return full.length < WIDTH ? full : `[${name}]`;
}

function border(title: string): string {
  const text = title.slice(0, WIDTH);
  const left = Math.floor((WIDTH - text.length) / 2);
  return `+${'-'.repeat(left)}${text}${'-'.repeat(WIDTH - text.length - left)}+`;
}
