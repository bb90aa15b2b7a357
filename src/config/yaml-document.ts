import {
  type Document,
  LineCounter,
  isAlias,
  isMap,
  isNode,
  isSeq,
  parseDocument,
  visit,
} from 'yaml';
import type { ConfigIssue, Flaw, Path } from './issue.ts';
import { showPath } from './issue.ts';

/** A YAML text that was read: its plain value, and where each part of it stands. */
export type YamlDocument = {
  readonly value: unknown;
  readonly place: (flaw: Flaw) => ConfigIssue;
};

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** Advice to a caller of the yaml package means nothing to a reader of the message. */
const yamlMessage = (message: string): string =>
  lowerFirst(message.replace(/; please use .*$/, ''));

/** The offset of the key or value at `path`; of the innermost part that exists, when it does not. */
function offsetOf(document: Document, path: Path, at: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = 0;
  const enter = (next: unknown): void => {
    node = next;
    if (isNode(next) && next.range) offset = next.range[0];
    if (isAlias(node)) node = node.resolve(document);
  };
  enter(node);
  for (const [depth, part] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => String(key) === String(part));
      if (pair === undefined) return offset;
      if (isNode(pair.key) && pair.key.range) offset = pair.key.range[0];
      if (at === 'key' && depth === path.length - 1) return offset;
      enter(pair.value);
    } else if (isSeq(node) && typeof part === 'number') {
      enter(node.items[part]);
    } else {
      return offset;
    }
  }
  return offset;
}

/** An alias without an anchor is found by the yaml package only when the value is made, without its place. */
function unresolvedAliases(document: Document): readonly { offset: number; message: string }[] {
  const found: { offset: number; message: string }[] = [];
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) === undefined) {
        found.push({ offset: alias.range?.[0] ?? 0, message: `no anchor for *${alias.source}` });
      }
    },
  });
  return found;
}

/** `key:` with nothing behind it means the same as no key at all. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, entry]) => entry !== null);
  return Object.fromEntries(entries.map(([key, entry]) => [key, withoutNulls(entry)]));
}

/** Reads YAML 1.2. Every error has its line and column; an empty text is an empty mapping. */
export function readYaml(
  text: string,
  file: string,
): { readonly document: YamlDocument } | { readonly issues: readonly ConfigIssue[] } {
  const lines = new LineCounter();
  // With warnings on, the yaml package would write them over the screen.
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
  });
  const issueAt = (offset: number, key: string, message: string): ConfigIssue => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col, key, message };
  };
  const broken = [...document.errors, ...document.warnings].map(({ pos, message }) =>
    issueAt(pos[0], '', yamlMessage(message)),
  );
  if (broken.length > 0) return { issues: broken };
  const aliases = unresolvedAliases(document);
  if (aliases.length > 0) {
    return { issues: aliases.map(({ offset, message }) => issueAt(offset, '', message)) };
  }
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    // Aliases that multiply beyond the yaml package's limit.
    const message = error instanceof Error ? error.message : String(error);
    return { issues: [{ file, line: 0, column: 0, key: '', message: lowerFirst(message) }] };
  }
  const place = ({ path, at, message, nearest }: Flaw): ConfigIssue => ({
    ...issueAt(offsetOf(document, path, at), showPath(path), message),
    ...(nearest === undefined ? {} : { nearest }),
  });
  return { document: { value: withoutNulls(value) ?? {}, place } };
}
