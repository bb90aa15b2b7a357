import { textWidth } from '../../term/width.ts';

/** Text wrapped at blanks to a width. */
export function wrap(text: string, width: number): readonly string[] {
  const out: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    if (current !== '' && textWidth(current) + textWidth(word) + 1 > width) {
      out.push(current);
      current = word;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  out.push(current);
  return out;
}
