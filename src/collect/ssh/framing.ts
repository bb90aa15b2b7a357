import { ownBytes } from './own-bytes.ts';
import { quoteWord } from './quote-argv.ts';

/**
 * Sampler protocol, version 1. A shell on the host reads request lines `zr SEQ 'COMMAND'` and answers
 *
 *     LF RS nonce SP "B" SP seq LF            before the command starts
 *     …raw bytes of the command…
 *     LF RS nonce SP "E" SP seq SP rc LF      when it ended; the same mark on stderr
 *
 * The LF before RS (0x1E) belongs to the mark, so payloads arrive byte for byte. The nonce goes over
 * stdin only: nothing that a host prints can forge a mark. `zt SEQ` is a section without a command: it
 * starts no process, and tells by times(1) what the shell and all it ran has cost.
 */

/** A section's payload that grows beyond this is dropped while it is counted. */
export const SECTION_LIMIT_BYTES = 4 * 1024 * 1024;

/**
 * What the fresh shell is told first. Our PATH comes before the login's own, so that a program of
 * the system is never replaced, and one of /opt is still found. TERM is for the running command.
 */
export const samplerPreamble = (
  nonce: string,
): string => `LC_ALL=C; LANG=C; TZ=UTC0; export LC_ALL LANG TZ
PATH=/usr/bin:/usr/sbin:/sbin:/bin\${PATH:+:$PATH}; export PATH
unset ENV BASH_ENV CDPATH; IFS=' \t
'; PS1=; PS2=; umask 077; set -f
trap : TERM
zr() {
  printf '\\n\\036%s B %s\\n' "$N" "$1" || exit 1
  (trap - TERM; eval "$2") </dev/null; zrc=$?
  printf '\\n\\036%s E %s %s\\n' "$N" "$1" "$zrc" || exit 1
  printf '\\n\\036%s E %s %s\\n' "$N" "$1" "$zrc" >&2
}
zt() {
  printf '\\n\\036%s B %s\\n' "$N" "$1" || exit 1
  times
  printf '\\n\\036%s E %s 0\\n' "$N" "$1" || exit 1
  printf '\\n\\036%s E %s 0\\n' "$N" "$1" >&2
}
N=${nonce}
`;

/**
 * The line that asks for one section.
 * @throws {RangeError} if the command has more than one line.
 */
export const requestLine = (seq: number, command: string): string =>
  `zr ${seq} ${quoteWord(command)}\n`;

/** The line that asks for the CPU time of the shell and of what it ran; a sign of life too. */
export const timesLine = (seq: number): string => `zt ${seq}\n`;

/** `0m1.50s`, in every shell's form of times(1): ksh93 prints a word before each, others two on a line. */
const SHELL_TIME = /(\d+)m(\d+(?:\.\d+)?)s/g;

/** Seconds of CPU by the answer to `timesLine`, user and system of the shell and its children; null when it has none. */
export function parseShellTimes(text: string): number | null {
  const times = [...text.replace(/^real.*$/m, '').matchAll(SHELL_TIME)];
  return times.length === 0
    ? null
    : times.reduce((sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds), 0);
}

/** One section as it came. */
export type Section = {
  readonly seq: number;
  readonly code: number;
  /** Empty when `bytes` is beyond the limit. */
  readonly payload: Buffer;
  /** All bytes that came, also those dropped. */
  readonly bytes: number;
};

export type FrameParserOptions = {
  readonly nonce: string;
  /** stdout: marks B and E. stderr: E only, everything before it belongs to its section. */
  readonly stream: 'stdout' | 'stderr';
  readonly limitBytes: number;
  readonly onSection: (section: Section) => void;
  /** A section has begun. */
  readonly onBegin?: (seq: number) => void;
  /**
   * Bytes of the open section as they come, also those beyond the limit. A line end at the end of a
   * chunk is handed on at once although it may belong to a mark.
   */
  readonly onPiece?: (piece: Buffer) => void;
  /** The open section has just grown beyond the limit. */
  readonly onTooLarge?: (bytes: number) => void;
  /** Bytes that belong to no section, as of a login script that talks. */
  readonly onNoise?: (bytes: Buffer) => void;
};

export type FrameParser = {
  readonly push: (chunk: Buffer) => void;
  /** What the open section has so far. */
  readonly partial: () => Buffer;
};

type Mark = { readonly seq: number; readonly code: number | null };

const LF = 0x0a;
const EMPTY = Buffer.alloc(0);
/** `E`, two numbers of ten digits, blanks. */
const MAX_MARK_BODY = 24;
const MARK_BODY = /^(?:B (\d{1,10})|E (\d{1,10}) (\d{1,10}))$/;

/** Cuts a byte stream into sections, however the bytes are cut into chunks. */
export function createFrameParser(options: FrameParserOptions): FrameParser {
  const prefix = ownBytes(Buffer.from(`\n\u001E${options.nonce} `, 'latin1'));
  let open: number | 'any' | undefined = options.stream === 'stderr' ? 'any' : undefined;
  let held: Buffer = EMPTY;
  let kept: Buffer[] = [];
  let bytes = 0;
  /** The held line end went to onPiece already. */
  let isLineEndGiven = false;

  const content = (piece: Buffer): void => {
    if (piece.length === 0) return;
    if (open === undefined) {
      options.onNoise?.(piece);
      return;
    }
    options.onPiece?.(isLineEndGiven ? piece.subarray(1) : piece);
    isLineEndGiven = false;
    const before = bytes;
    bytes += piece.length;
    if (bytes <= options.limitBytes) kept.push(piece);
    else {
      kept = [];
      if (before <= options.limitBytes) options.onTooLarge?.(bytes);
    }
  };

  const accepts = ({ seq, code }: Mark): boolean =>
    code === null ? open === undefined : open === seq || open === 'any';

  const apply = ({ seq, code }: Mark): void => {
    const section = { seq, payload: Buffer.concat(kept), bytes };
    kept = [];
    bytes = 0;
    isLineEndGiven = false;
    if (code === null) {
      open = seq;
      options.onBegin?.(seq);
    } else {
      if (open !== 'any') open = undefined;
      options.onSection({ ...section, code });
    }
  };

  const giveLineEnd = (): void => {
    if (open === undefined || held.length !== 1 || isLineEndGiven) return;
    options.onPiece?.(held);
    isLineEndGiven = true;
  };

  const push = (chunk: Buffer): void => {
    const data = held.length > 0 ? Buffer.concat([held, chunk]) : chunk;
    held = EMPTY;
    let from = 0;
    for (;;) {
      const at = data.indexOf(prefix, from);
      if (at < 0) {
        const cut = data.length - startOfPrefix(data.subarray(from), prefix);
        content(data.subarray(from, cut));
        held = ownBytes(data.subarray(cut));
        giveLineEnd();
        return;
      }
      const body = at + prefix.length;
      const end = data.indexOf(LF, body);
      if (end < 0 && data.length - body <= MAX_MARK_BODY) {
        content(data.subarray(from, at));
        held = ownBytes(data.subarray(at));
        return;
      }
      const mark = end < 0 ? undefined : readMark(data.subarray(body, end));
      if (mark !== undefined && accepts(mark)) {
        content(data.subarray(from, at));
        apply(mark);
        from = end + 1;
      } else {
        content(data.subarray(from, at + 1));
        from = at + 1;
      }
    }
  };

  return { push, partial: () => Buffer.concat([...kept, held]) };
}

/** How many of the last bytes may be the beginning of the prefix. */
function startOfPrefix(data: Buffer, prefix: Buffer): number {
  for (let length = Math.min(prefix.length - 1, data.length); length > 0; length--)
    if (data.compare(prefix, 0, length, data.length - length) === 0) return length;
  return 0;
}

function readMark(body: Buffer): Mark | undefined {
  if (body.length > MAX_MARK_BODY) return undefined;
  const [, begin, end, code] = MARK_BODY.exec(body.toString('latin1')) ?? [];
  if (begin !== undefined) return { seq: Number(begin), code: null };
  return end === undefined ? undefined : { seq: Number(end), code: Number(code) };
}
