import { createHeldBytes } from './held-bytes.ts';
import { endOfValue, outermost } from './json-nesting.ts';
import { asRecord, parseJson } from './status-error.ts';

/** Cuts a list of the API into its objects, however its bytes come in chunks. */
export type ListSplitter = {
  /**
   * The JSON of each element of `items` that this chunk completes; whether it is JSON is left to whoever parses it. All
   * of them must be taken, each before the next: they share memory with the chunk and with one another.
   * @throws {SyntaxError} when this cannot become a JSON object, or has `items` twice
   * @throws {RangeError} when an element, or all that is around the elements, is longer than the limit
   */
  readonly push: (chunk: Buffer) => Generator<Buffer, void, undefined>;
  /** The object with none of its elements: `items` is empty where it was a list. undefined: it is not whole, or no JSON. */
  readonly end: () => Readonly<Record<string, unknown>> | undefined;
};

/** What may come next in the object or in its list `items`, or in the midst of what one is. */
type Place =
  | 'object'
  | 'first key'
  | 'key'
  | 'in key'
  | 'colon'
  | 'value'
  | 'in value'
  | 'next key'
  | 'first item'
  | 'item'
  | 'in item'
  | 'next item'
  | 'nothing';

const [QUOTE, OPEN_LIST, END_LIST, OPEN_OBJECT, END_OBJECT, COMMA, COLON] = Buffer.from('"[]{},:');
const [SPACE, TAB, NEWLINE, RETURN] = Buffer.from(' \t\n\r');
const EMPTY = Buffer.alloc(0);

/** See {@link ListSplitter}. What UTF-8 has beyond ASCII lies within texts: a character may be cut in two. */
export function createListSplitter(limitBytes: number): ListSplitter {
  const item = createHeldBytes(limitBytes, 'an object of a list');
  const key = createHeldBytes(limitBytes, 'a key of a list');
  const rest = createHeldBytes(limitBytes, 'what is around the objects of a list');
  let place: Place = 'object';
  let nesting = outermost();
  /** What one is in the midst of is a number, `true`, `false` or `null`. */
  let isPlain = false;
  let isItems = false;
  let hadItems = false;

  function endKey(json: Buffer): void {
    isItems = parseJson(json.toString('utf8')) === 'items';
    // Of equal keys JSON.parse takes the last one, whose objects would come too late.
    if (isItems && hadItems) throw new SyntaxError('a list has its items twice');
    hadItems ||= isItems;
  }

  return {
    *push(chunk) {
      /** Where in this chunk begins what is to be kept. */
      let from = 0;
      let keyFrom = 0;
      let at = 0;
      while (at < chunk.length) {
        if (isWithin(place)) {
          const end = isPlain ? endOfPlain(chunk, at) : endOfValue(chunk, at, nesting);
          if (end === -1) break;
          at = end;
          if (place === 'in item') {
            yield item.complete(chunk.subarray(from, end));
            place = 'next item';
          } else if (place === 'in key') {
            endKey(key.complete(chunk.subarray(keyFrom, end)));
            place = 'colon';
          } else place = 'next key';
          continue;
        }
        const byte = chunk[at];
        if (isSpace(byte)) {
          at += 1;
          continue;
        }
        const next = after(place, byte, isItems);
        if (next === 'in key') keyFrom = at;
        // Of the list itself nothing is kept but its brackets.
        else if (next === 'in item' || next === 'next key') from = at;
        else if (next === 'first item') rest.keep(chunk.subarray(from, at + 1));
        place = next;
        // The first byte of a value belongs to it.
        if (!isWithin(place)) at += 1;
        else {
          nesting = outermost();
          isPlain = byte !== QUOTE && byte !== OPEN_LIST && byte !== OPEN_OBJECT;
        }
      }
      if (place === 'in item') item.keep(chunk.subarray(from));
      else item.release();
      if (place === 'in key') key.keep(chunk.subarray(keyFrom));
      if (!isInList(place)) rest.keep(chunk.subarray(from));
    },
    end: () => {
      const value = parseJson(rest.complete(EMPTY).toString('utf8'));
      return value === undefined ? undefined : asRecord(value);
    },
  };
}

const isWithin = (place: Place): boolean =>
  place === 'in item' || place === 'in value' || place === 'in key';

const isInList = (place: Place): boolean =>
  place === 'first item' || place === 'item' || place === 'in item' || place === 'next item';

/** @throws {SyntaxError} when that byte cannot stand there */
function after(place: Place, byte: number | undefined, isItems: boolean): Place {
  switch (place) {
    case 'object':
      if (byte === OPEN_OBJECT) return 'first key';
      break;
    case 'first key':
      if (byte === END_OBJECT) return 'nothing';
      if (byte === QUOTE) return 'in key';
      break;
    case 'key':
      if (byte === QUOTE) return 'in key';
      break;
    case 'colon':
      if (byte === COLON) return 'value';
      break;
    case 'value':
      return isItems && byte === OPEN_LIST ? 'first item' : 'in value';
    case 'next key':
      if (byte === COMMA) return 'key';
      if (byte === END_OBJECT) return 'nothing';
      break;
    case 'first item':
      return byte === END_LIST ? 'next key' : 'in item';
    case 'item':
      return 'in item';
    case 'next item':
      if (byte === COMMA) return 'item';
      if (byte === END_LIST) return 'next key';
      break;
    case 'in key':
    case 'in value':
    case 'in item':
    case 'nothing':
    default:
  }
  throw new SyntaxError('a list is no JSON object');
}

const isSpace = (byte: number | undefined): boolean =>
  byte === SPACE || byte === NEWLINE || byte === RETURN || byte === TAB;

/** The index behind a number, `true`, `false` or `null`; -1 when its end has not come. */
function endOfPlain(json: Buffer, from: number): number {
  for (let at = from; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === COMMA || byte === END_LIST || byte === END_OBJECT || isSpace(byte)) return at;
  }
  return -1;
}
