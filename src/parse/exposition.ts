/** A line of the Prometheus text format that carries a value. */
export type Sample = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?[ \t]+(\S+)(?:[ \t]+-?[0-9]+)?$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/gy;

/**
 * Reads a line of the text format, https://prometheus.io/docs/instrumenting/exposition_formats/; null for comments,
 * empty lines and what is no sample.
 */
export function parseSample(line: string): Sample | null {
  const [, name, labels = '', value] = LINE.exec(line.trim()) ?? [];
  if (name === undefined || value === undefined) return null;
  const number = parseValue(value);
  if (number === null) return null;
  const read = parseLabels(labels);
  return read && { name, labels: read, value: number };
}

function parseValue(text: string): number | null {
  if (/^[+]?Inf$/i.test(text)) return Infinity;
  if (/^-Inf$/i.test(text)) return -Infinity;
  const value = /^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?$/i.test(text)
    ? Number(text)
    : Number.NaN;
  return Number.isNaN(value) ? null : value;
}

function parseLabels(text: string): Readonly<Record<string, string>> | null {
  const labels: Record<string, string> = {};
  let at = 0;
  while (at < text.length) {
    LABEL.lastIndex = at;
    const [whole, name, value] = LABEL.exec(text) ?? [];
    if (whole === undefined || name === undefined || value === undefined) return null;
    labels[name] = value.replaceAll(/\\(.)/g, (_, sign: string) => (sign === 'n' ? '\n' : sign));
    at += whole.length;
    while (text[at] === ',' || text[at] === ' ') at += 1;
  }
  return labels;
}
