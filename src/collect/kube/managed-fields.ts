import { endOfValue } from './json-nesting.ts';

const KEY = Buffer.from('"managedFields":[');

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
    const end = endOfValue(json, begin, { depth: 1, isText: false, escaped: 0 });
    if (end === -1) break;
    text += json.toString('utf8', from, begin);
    // From the bracket on that ends the list.
    from = end - 1;
  }
  return text + json.toString('utf8', from);
}
