import type { HostCommand } from '../../domain/command.ts';
import { lastKnown } from '../../domain/feed.ts';
import { followsDisks } from '../../domain/follows-disks.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import type { PoolHealth, PoolStatus } from '../../domain/pool.ts';
import type { Line } from '../../parse/lines.ts';
import { cutLine, endsWithinLine, splitAllLines } from '../../parse/lines.ts';
import { toPoolHealth } from './pool-health.ts';
import { NO_SCAN, readPoolScan } from './pool-scan.ts';
import { createVdevTreeReader } from './vdev-tree.ts';
import type { VdevTreeReader } from './vdev-tree.ts';

/**
 * The tree of every pool with its error counters. illumos has no machine format for it. Dates are in the host's
 * time zone, which is UTC for everything that a host is asked. An ordinary user does not see which files have
 * errors. With a suspended pool zpool may hang.
 */
export const zpoolStatus: HostCommand<'poolStatus'> = {
  id: 'zpool-status',
  feed: 'poolStatus',
  pace: 'slow',
  timeoutSeconds: 30,
  follows: followsDisks,
  // Of a scrub or a resilver one wants to see how far it is.
  hurries: ({ feeds }) =>
    lastKnown(feeds.poolStatus)?.value.some(({ scan }) => scan.kind.endsWith('-running')) === true
      ? 2
      : null,
  question: () => [['zpool', 'status', '-p']],
  parse: parseZpoolStatus,
  hides: 'devices of pools, their errors, scrubs and resilvers',
};

/** The labels of a pool's block. `scrub` is what old releases call `scan`, `reason` what the oldest call `status`. */
const LABELS: ReadonlySet<string> = new Set([
  'pool',
  'id',
  'state',
  'status',
  'reason',
  'action',
  'see',
  'scan',
  'scrub',
  'remove',
  'checkpoint',
  'comment',
  'dedup',
  'config',
  'device details',
  'errors',
]);
/** What zpool says in place of a block, and the stamps of `-T`. */
const REMARKS: readonly RegExp[] = [
  /^all pools are healthy$/,
  /^no pools available$/,
  /^pool '.*' is healthy$/,
  /^[0-9]{9,11}$/,
  /^(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat)[ ,].{0,20}[0-9]{2}:[0-9]{2}:[0-9]{2}.{0,20}$/,
];
/** What it says in place of a tree. */
const NO_TREE = 'The configuration cannot be determined.';
/** How many paths of files with errors are kept of a list that may be endless. */
const MAX_PATHS = 20;

type Block = {
  readonly name: string;
  state: PoolHealth;
  readonly paragraphs: Map<string, string[]>;
  readonly tree: VdevTreeReader;
  readonly paths: string[];
  pathCount: number;
};

/** All pools of `zpool status`, with or without `-p`, `-v`, `-s` or `-x`. */
export function parseZpoolStatus(stdout: string): Parsed<readonly PoolStatus[]> {
  const complaints: Complaint[] = [];
  const blocks: Block[] = [];
  let label = '';
  const lines = splitAllLines(stdout);
  const cut = endsWithinLine(stdout) ? lines.length - 1 : -1;
  for (const [index, text] of lines.entries()) {
    const line: Line = { number: index + 1, text };
    const trimmed = text.trim();
    let block = blocks.at(-1);
    if (trimmed === '') {
      if (block && endsAtEmptyLine(block, label)) label = '';
      continue;
    }
    if (index === cut) {
      complaints.push(cutLine(line));
      continue;
    }
    const begun = labelOf(trimmed, label);
    if (begun?.label === 'pool') {
      blocks.push(createBlock(begun.rest, complaints));
      ({ label } = begun);
    } else if (begun) {
      ({ label } = begun);
      // An excerpt may lack the first line; the tree's first row names the pool then.
      if (!block) blocks.push((block = createBlock('', complaints)));
      beginParagraph(block, label, begun.rest);
    } else if (label === '' && REMARKS.some((remark) => remark.test(trimmed))) continue;
    else if (!block || !continueParagraph(block, label, line))
      complaints.push(complaint(line.number, text, block ? (REASONS[label] ?? STRAY) : NO_POOL));
  }
  const pools = blocks.map(toPoolStatus);
  if (pools.some(({ name }) => name === ''))
    complaints.push(complaint(0, '', 'a block without the name of its pool'));
  return { value: pools.filter(({ name }) => name !== ''), complaints };
}

const NO_POOL = 'no line pool: before this one';
const STRAY = 'belongs to no paragraph';
const REASONS: Readonly<Record<string, string>> = { config: 'not a row of the device tree' };

/** Inside the details that Oracle Solaris prints per device, `status:` and `see:` are the device's. */
function labelOf(
  trimmed: string,
  current: string,
): { readonly label: string; readonly rest: string } | undefined {
  const at = trimmed.indexOf(':');
  const label = trimmed.slice(0, Math.max(at, 0));
  if (!LABELS.has(label)) return undefined;
  if (current === 'device details' && label !== 'pool' && label !== 'errors') return undefined;
  const rest = trimmed.slice(at + 1);
  // A path in the list of files with errors may begin like a label: `pool:<0x1>`.
  if (rest !== '' && !rest.startsWith(' ') && !rest.startsWith('\t')) return undefined;
  return { label, rest: rest.trim() };
}

const createBlock = (name: string, complaints: Complaint[]): Block => ({
  name,
  state: 'UNKNOWN',
  paragraphs: new Map(),
  tree: createVdevTreeReader(complaints),
  paths: [],
  pathCount: 0,
});

const nameOf = (label: string): string =>
  label === 'scrub' ? 'scan' : label === 'reason' ? 'status' : label;

function beginParagraph(block: Block, label: string, text: string): void {
  if (label === 'state') block.state = toPoolHealth(text);
  block.paragraphs.set(nameOf(label), text === '' ? [] : [text]);
  // Only zpool import prints an id, and it prints no header.
  if (label === 'id') block.tree.begin();
}

/** The tree, the details of devices, the histogram of `-D` and a list of files have empty lines within them. */
function endsAtEmptyLine(block: Block, label: string): boolean {
  if (label === 'errors') return !announcesList(block);
  return label !== 'config' && label !== 'device details' && label !== 'dedup';
}

const announcesList = ({ paragraphs }: Block): boolean =>
  paragraphs.get('errors')?.at(-1)?.endsWith(':') === true;

/** false when the line belongs to nothing. */
function continueParagraph(block: Block, label: string, line: Line): boolean {
  const text = line.text.trim();
  if (label === 'config') return text === NO_TREE || block.tree.take(line);
  if (label === 'errors' && announcesList(block)) {
    // The table of the oldest releases has a header line.
    if (/^DATASET +OBJECT +RANGE$/.test(text)) return true;
    block.pathCount += 1;
    if (block.paths.length < MAX_PATHS) block.paths.push(text);
    return true;
  }
  if (label === '' || label === 'pool' || label === 'state') return false;
  block.paragraphs.get(nameOf(label))?.push(text);
  return true;
}

function toPoolStatus(block: Block): PoolStatus {
  const paragraph = (label: string): string | null =>
    block.paragraphs.get(label)?.join(' ') ?? null;
  const scan = paragraph('scan');
  const vdevs = block.tree.read();
  return {
    name: block.name === '' ? (vdevs[0]?.name ?? '') : block.name,
    state: block.state,
    status: paragraph('status'),
    action: paragraph('action'),
    scan: scan === null ? NO_SCAN : readPoolScan(scan),
    vdevs,
    ...readErrors(paragraph('errors'), block),
  };
}

/** The sentence behind `errors:`, and when files are listed, the first of them behind it. */
function readErrors(
  sentence: string | null,
  { paths, pathCount }: Block,
): Pick<PoolStatus, 'errors' | 'errorCount'> {
  if (sentence === null) return { errors: null, errorCount: null };
  const more = pathCount > paths.length ? `, and ${pathCount - paths.length} more` : '';
  const errors = paths.length === 0 ? sentence : `${sentence} ${paths.join(', ')}${more}`;
  const count = /^([0-9]{1,15}) (?:data )?errors?/.exec(sentence);
  if (sentence.startsWith('No known data errors')) return { errors, errorCount: 0 };
  if (count) return { errors, errorCount: Number(count[1]) };
  return { errors, errorCount: pathCount > 0 ? pathCount : null };
}
