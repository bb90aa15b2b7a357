/** A line that a parser did not understand. Never lost: shown in the feeds view and by `doctor`. */
export type Complaint = {
  /** 1-based; 0 when it concerns the output as a whole. */
  readonly line: number;
  /** The line itself, at most 200 characters. */
  readonly text: string;
  /** What is wrong with it, lower case: `expected 7 fields, found 3`. */
  readonly reason: string;
};

/** What a parser gives for any text whatsoever. Parsers never throw. */
export type Parsed<T> = { readonly value: T; readonly complaints: readonly Complaint[] };

const COMPLAINT_TEXT_LIMIT = 200;

/** Makes a complaint and cuts its text to the limit. */
export const complaint = (line: number, text: string, reason: string): Complaint => ({
  line,
  text: text.length > COMPLAINT_TEXT_LIMIT ? `${text.slice(0, COMPLAINT_TEXT_LIMIT)}…` : text,
  reason,
});
