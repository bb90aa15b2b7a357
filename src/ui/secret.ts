/**
 * Text that must not be seen by accident: neither JSON.stringify nor an inspection of what holds it gives it away. It
 * lives in memory only.
 */
export type Secret = {
  /** In characters as a person counts them. */
  readonly length: number;
  readonly reveal: () => string;
};

/** Keeps a text as a secret. */
export const secretOf = (text: string): Secret => ({
  length: Array.from(text).length,
  reveal: () => text,
});

export const noSecret: Secret = secretOf('');
