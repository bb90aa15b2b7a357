/** Gives equal texts of an object's fields as the same string, and its empty lists as the same list: each is kept once. */
export type Interner = {
  /** The object with its texts replaced by equal ones that were seen before; it is changed in place. */
  readonly intern: (object: unknown) => void;
  /** Texts that are remembered. */
  readonly size: () => number;
};

/** What most lists of an object are. */
const EMPTY: readonly never[] = Object.freeze([]);

/** A field with more different texts than this, such as a uid, is left alone from then on. */
const TEXTS = 2_000;

/**
 * An interner for objects of one kind. Only the texts directly in an object and in its lists are looked at: those are
 * what projections are made of.
 */
export function createInterner(): Interner {
  /** null: a field whose texts are all different. */
  const fields = new Map<string, Map<string, string> | null>();

  function one(field: string, text: string): string {
    let texts = fields.get(field);
    if (texts === null) return text;
    if (texts === undefined) fields.set(field, (texts = new Map()));
    const known = texts.get(text);
    if (known !== undefined) return known;
    if (texts.size >= TEXTS) fields.set(field, null);
    else texts.set(text, text);
    return text;
  }

  return {
    intern: (object) => {
      // A constant that projections share is left as it is.
      if (typeof object !== 'object' || object === null || Object.isFrozen(object)) return;
      // Projections are made for this layer alone and are given away after it.
      const into = object as Record<string, unknown>;
      for (const field in into) {
        const value = into[field];
        if (typeof value === 'string') into[field] = one(field, value);
        else if (Array.isArray(value) && !Object.isFrozen(value)) {
          if (value.length === 0) into[field] = EMPTY;
          for (const [index, entry] of value.entries())
            if (typeof entry === 'string') value[index] = one(field, entry);
        }
      }
    },
    size: () => [...fields.values()].reduce((sum, texts) => sum + (texts?.size ?? 0), 0),
  };
}
