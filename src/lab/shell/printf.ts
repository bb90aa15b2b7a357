/** printf(1): the format is used again as long as arguments are left. */
export function formatPrintf(format: string, args: readonly string[]): string {
  let used = 0;
  let out = '';
  do {
    const before = used;
    out += formatOnce(format, () => {
      const value = args[used];
      used += 1;
      return value;
    });
    if (used === before) break;
  } while (used < args.length);
  return out;
}

const CONVERSION = /^%([-0 +]*)(\d*)(?:\.(\d+))?([sdicbxXou%])/;

function formatOnce(format: string, next: () => string | undefined): string {
  let out = '';
  let at = 0;
  while (at < format.length) {
    const here = format[at] ?? '';
    if (here === '\\') {
      const [text, length] = readEscape(format, at);
      out += text;
      at += length;
      continue;
    }
    const match = here === '%' ? CONVERSION.exec(format.slice(at)) : null;
    if (!match) {
      out += here;
      at += 1;
      continue;
    }
    const [all, flags = '', width = '', precision, conversion = ''] = match;
    at += all.length;
    out +=
      conversion === '%' ? '%' : pad(convert(conversion, next(), precision), flags, Number(width));
  }
  return out;
}

function pad(text: string, flags: string, width: number): string {
  if (flags.includes('-')) return text.padEnd(width);
  return text.padStart(width, flags.includes('0') ? '0' : ' ');
}

function convert(conversion: string, value: string | undefined, precision?: string): string {
  switch (conversion) {
    case 's':
      return precision === undefined ? (value ?? '') : (value ?? '').slice(0, Number(precision));
    case 'c':
      return (value ?? '').slice(0, 1);
    case 'b':
      return unescapeText(value ?? '');
    case 'x':
      return Math.trunc(Number(value ?? 0)).toString(16);
    case 'X':
      return Math.trunc(Number(value ?? 0))
        .toString(16)
        .toUpperCase();
    case 'o':
      return Math.trunc(Number(value ?? 0)).toString(8);
    default:
      return String(Math.trunc(Number(value ?? 0) || 0));
  }
}

/** Replaces the escapes of printf(1). */
export function unescapeText(text: string): string {
  let out = '';
  for (let at = 0; at < text.length;) {
    if (text[at] === '\\') {
      const [piece, length] = readEscape(text, at);
      out += piece;
      at += length;
    } else {
      out += text[at];
      at += 1;
    }
  }
  return out;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

function readEscape(text: string, at: number): readonly [text: string, length: number] {
  const octal = /^\\([0-7]{1,3})/.exec(text.slice(at, at + 4))?.[1];
  if (octal !== undefined)
    return [String.fromCharCode(Number.parseInt(octal, 8)), 1 + octal.length];
  const known = ESCAPES[text[at + 1] ?? ''];
  return known === undefined ? ['\\', 1] : [known, 2];
}
