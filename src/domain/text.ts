const ESCAPE_SEQUENCE =
  // CSI, then OSC/DCS/SOS/PM/APC strings up to their end, then two-byte escapes.
  // oxlint-disable-next-line no-control-regex
  /[\u001B](?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001B\u009C]*(?:\u0007|\u001B\\|\u009C)?|[ -/]*[0-~])|\u009B[0-?]*[ -/]*[@-~]/g;
const INVISIBLE =
  // C0 but TAB and LF, DEL, C1, zero width, bidirectional controls, line separators, byte order mark.
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g;
const SUSPECT =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/;

/**
 * Makes remote text safe for the screen, the clipboard and a log: whole terminal escape sequences go,
 * every other control, zero-width or bidirectional character becomes `·`. TAB and LF stay.
 */
export function sanitize(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return text.replace(/\r\n/g, '\n').replace(ESCAPE_SEQUENCE, '').replace(INVISIBLE, '·');
}
