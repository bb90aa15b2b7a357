const ESCAPE_SEQUENCE =
  // CSI, then OSC/DCS/SOS/PM/APC strings up to their end or that of the line, then two-byte escapes; 8-bit CSI and
  // whole 8-bit strings.
  // oxlint-disable-next-line no-control-regex
  /[\u001B](?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001B\u009C\n]*(?:\u0007|\u001B\\|\u009C)?|[ -/]*[0-~])|\u009B[0-?]*[ -/]*[@-~]|[\u0090\u0098\u009D-\u009F][^\u0007\u001B\u009C\n]*(?:\u0007|\u001B\\|\u009C)/g;
/**
 * C0 but TAB and LF, DEL, C1, zero width, bidirectional controls, line separators, byte order mark, interlinear
 * annotation, tag characters.
 */
const SUSPECT =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/u;
/** Most text has none of these, which is seen three times as fast. */
const UNUSUAL = /[^\t\n -~]/;
const EVERY_SUSPECT = new RegExp(SUSPECT, 'gu');

/**
 * Makes remote text safe for the screen, the clipboard and a log: whole terminal escape sequences go,
 * every other control, zero-width or bidirectional character becomes `·`. TAB and LF stay.
 */
export function sanitize(text: string): string {
  if (!UNUSUAL.test(text) || !SUSPECT.test(text)) return text;
  return text.replace(/\r\n/g, '\n').replace(ESCAPE_SEQUENCE, '').replace(EVERY_SUSPECT, '·');
}
