const KEY = Buffer.from('"managedFields":[');
const [QUOTE, BACKSLASH, OPEN_LIST, END_LIST, OPEN_OBJECT, END_OBJECT] = Buffer.from('"\\[]{}');

/**
 * The text of JSON whose lists under a key `managedFields` are empty: they are a third of an object and more, nothing
 * reads them, and they cost most of all to parse. JSON that is written with spaces comes back as it is. A text in the
 * JSON cannot be taken for the key: a quote within it stands behind a backslash.
 */
export function withoutManagedFields(json: Buffer): string {
  let text = '';
  let from = 0;
  for (let at = json.indexOf(KEY); at !== -1; at = json.indexOf(KEY, from)) {
    const begin = at + KEY.length;
    const end = endOfList(json, begin);
    if (end === -1) break;
    text += json.toString('utf8', from, begin);
    from = end;
  }
  return text + json.toString('utf8', from);
}

/** Where the list ends whose first element is at `from`: at its bracket; -1 when it has none. */
function endOfList(json: Buffer, from: number): number {
  let depth = 1;
  for (let at = from; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === QUOTE) {
      for (at += 1; at < json.length && json[at] !== QUOTE; at += 1)
        if (json[at] === BACKSLASH) at += 1;
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth += 1;
    else if (byte === END_LIST || byte === END_OBJECT) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}
