/** What programs print for "there is none" and "cannot tell": nothing, `-`, `--`, `?`. */
export const isAbsent = (text: string): boolean =>
  text === '' || text === '-' || text === '--' || text === '?';

/** A whole number of at most 15 digits; null for anything else. */
export const parseWhole = (text: string): number | null =>
  /^[0-9]{1,15}$/.test(text) ? Number(text) : null;

/** An unsigned 64-bit counter, exact; null for anything else, also for a negative number. */
export const parseCounter = (text: string): bigint | null =>
  /^[0-9]{1,20}$/.test(text) ? BigInt(text) : null;

/** A decimal such as `12.5` or `7`, without a sign or an exponent; null for anything else. */
export const parseDecimal = (text: string): number | null =>
  /^[0-9]{1,20}(?:\.[0-9]{1,20})?$/.test(text) ? Number(text) : null;
