import * as z from 'zod';
import { type Flaw, type Path, showValue, withNearest } from './issue.ts';
import { type ConfigInput, configSchema } from './schema.ts';

/** Follows a path through a value made of mappings and lists. */
function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.getOwnPropertyDescriptor(value, part)?.value;
  }
  return value;
}

/** The keys that the schema knows for the mapping at `path`. */
function knownKeys(path: Path): readonly string[] {
  let schema: unknown = configSchema;
  const unwrap = (): void => {
    while (schema instanceof z.ZodOptional) schema = schema.unwrap();
  };
  for (const part of path) {
    unwrap();
    if (schema instanceof z.ZodObject) schema = schema.shape[part];
    else if (schema instanceof z.ZodArray) schema = schema.element;
    else return [];
  }
  unwrap();
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

function unknownKeys(path: Path, keys: readonly string[]): readonly Flaw[] {
  const valid = knownKeys(path);
  return keys.map((key) => {
    const flaw: Flaw = { path: [...path, key], at: 'key', message: 'unknown key' };
    const meant = withNearest(flaw, key, valid);
    if (meant.nearest !== undefined || valid.length > 12) return meant;
    return { ...flaw, message: `unknown key (known here: ${valid.join(', ')})` };
  });
}

function wrongType(path: Path, expected: string, value: unknown): Flaw {
  if (value === undefined) return { path, at: 'key', message: 'is required' };
  const wanted = EXPECTED[expected] ?? expected;
  const advice =
    expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')
      ? '; put it in quotes'
      : '';
  const message = `expected ${wanted}, found ${showValue(value)}${advice}`;
  return { path, at: 'value', message };
}

function outOfRange(path: Path, bound: string, value: unknown): Flaw {
  if (value === '' || Array.isArray(value)) {
    return { path, at: 'value', message: 'must not be empty' };
  }
  return { path, at: 'value', message: `must be ${bound}, found ${showValue(value)}` };
}

function flawsOf(issue: z.core.$ZodIssue, root: unknown): readonly Flaw[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  const value = valueAt(root, path);
  const found = `found ${showValue(value)}`;
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownKeys(path, issue.keys);
    case 'invalid_type':
      return [wrongType(path, issue.expected, value)];
    case 'too_small':
      return [outOfRange(path, `at least ${issue.minimum}`, value)];
    case 'too_big':
      return [outOfRange(path, `at most ${issue.maximum}`, value)];
    case 'invalid_value': {
      if (value === undefined) return [{ path, at: 'key', message: 'is required' }];
      const values = issue.values.map(String);
      const message = `expected one of ${values.join(', ')}, ${found}`;
      const flaw: Flaw = { path, at: 'value', message };
      return [typeof value === 'string' ? withNearest(flaw, value, values) : flaw];
    }
    case 'invalid_key':
      return [{ path, at: 'key', message: issue.issues[0]?.message ?? issue.message }];
    case 'invalid_format':
    case 'invalid_union':
    case 'invalid_element':
    case 'not_multiple_of':
    case 'custom':
      return [{ path, at: 'value', message: `${issue.message}, ${found}` }];
  }
}

/** Checks the form of a configuration: its keys, types, patterns and ranges. */
export function checkShape(
  root: unknown,
): { readonly input: ConfigInput } | { readonly flaws: readonly Flaw[] } {
  const result = z.safeParse(configSchema, root);
  if (result.success) return { input: result.data };
  return { flaws: result.error.issues.flatMap((issue) => flawsOf(issue, root)) };
}
