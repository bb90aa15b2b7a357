import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyHost } from '../../../src/domain/empty.ts';
import { splitLines } from '../../../src/parse/lines.ts';
import { zpoolStatus } from '../../../src/resources/pool/zpool-status.command.ts';
import { answered, makeHost } from '../../derive/inventory.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const parse = (name: string) => zpoolStatus.parse(readFixture(`pool/zpool-status/${name}`));

test.for<[string, number | null]>([
  ['scrub in progress since Sun Mar  3 04:23:46 2024', 2],
  ['resilver in progress since Sun Mar  3 04:23:46 2024', 2],
  ['scrub paused since Sun Mar  3 04:23:46 2024', null],
  ['scrub repaired 0 in 0 days 01:23:45 with 0 errors on Sun Mar  3 04:23:46 2024', null],
])('%s', ([scan, hurry]) => {
  const { value } = zpoolStatus.parse(`  pool: tank\n state: ONLINE\n  scan: ${scan}\n`);
  expect(zpoolStatus.hurries?.(makeHost('omni1', { poolStatus: answered(value) }))).toBe(hurry);
});

test('asks for exact counters', () => {
  expect(zpoolStatus.question(emptyHost('omni1', 0))).toEqual([['zpool', 'status', '-p']]);
});

test('reads the head of each pool, paragraphs on one line each', () => {
  const { value, complaints } = parse('two-pools-many-notes.txt');
  expect(complaints).toEqual([]);
  expect(value.map(({ name, state, errorCount }) => [name, state, errorCount])).toEqual([
    ['tank', 'DEGRADED', 3],
    ['rpool', 'ONLINE', 0],
  ]);
  expect(value[0]).toMatchObject({
    status:
      'One or more devices has experienced an unrecoverable error.  An attempt was made to correct the error.',
    action:
      "Determine if the device needs to be replaced, and clear the errors using 'zpool clear' or replace the device with 'zpool replace'.",
    scan: { kind: 'resilver-running', percentDone: 25.5, finishedAt: null },
    errors: "3 data errors, use '-v' for a list",
  });
  expect(value[1]).toMatchObject({
    status: null,
    action: null,
    scan: { kind: 'scrub-done', errors: 2, finishedAt: Date.UTC(2022, 2, 9, 10, 6, 31) },
    errors: 'No known data errors',
  });
});

const tree = (text: string): readonly string[] =>
  (zpoolStatus.parse(text).value[0]?.vdevs ?? []).map(
    ({ section, depth, name }) => `${section} ${'  '.repeat(depth)}${name}`,
  );

test('finds the groups of a tree that has lost its blanks', () => {
  expect(
    tree(
      'pool: zones\nstate: ONLINE\nscan: none requested\nconfig:\n\nNAME STATE READ WRITE CKSUM\n' +
        'zones ONLINE 0 0 0\nraidz1-0 ONLINE 0 0 0\nc0t10d0 ONLINE 0 0 0\nc0t11d0 ONLINE 0 0 0\n' +
        'logs\nmirror-1 ONLINE 0 0 0\nc1t0d0 ONLINE 0 0 0\nspares\nc1t1d0 AVAIL\n' +
        'errors: No known data errors\n',
    ),
  ).toEqual([
    'data zones',
    'data   raidz1-0',
    'data     c0t10d0',
    'data     c0t11d0',
    'logs mirror-1',
    'logs   c1t0d0',
    'spares c1t1d0',
  ]);
});

test('takes a row that is a blank too deep for one beneath the row above it', () => {
  expect(
    tree(
      '  pool: tank\n state: DEGRADED\nreason: One device is being resilvered.\nconfig:\n' +
        '        NAME         STATE     READ WRITE CKSUM\n        tank         DEGRADED     0     0     0\n' +
        '          mirror     DEGRADED     0     0     0\n             c1t0d0  ONLINE       0     0     0\n' +
        '             c1t1d0  OFFLINE      0     0     0\n          c1t2d0     ONLINE       0     0     0\n',
    ),
  ).toEqual(['data tank', 'data   mirror', 'data     c1t0d0', 'data     c1t1d0', 'data   c1t2d0']);
});

test('reads what zpool import prints of a pool', () => {
  const { value, complaints } = zpoolStatus.parse(
    '  pool: dozer\n    id: 12090808386336829175\n state: FAULTED\nreason: No devices.\nconfig:\n\n' +
      '        dozer       FAULTED   missing device\n          c1t0d0    ONLINE\n',
  );
  expect(complaints).toEqual([]);
  expect(value).toMatchObject([
    {
      name: 'dozer',
      status: 'No devices.',
      vdevs: [
        { name: 'dozer', state: 'FAULTED', readErrors: null, note: 'missing device' },
        { name: 'c1t0d0', depth: 1, state: 'ONLINE' },
      ],
    },
  ]);
});

test('reads the tree with its depths, sections, counters and notes', () => {
  const [tank] = parse('two-pools-many-notes.txt').value;
  const rows = tank?.vdevs.map((vdev) => [
    vdev.section,
    `${'  '.repeat(vdev.depth)}${vdev.name}`,
    vdev.state,
    [vdev.readErrors, vdev.writeErrors, vdev.checksumErrors].join(' '),
    vdev.note,
  ]);
  expect(rows).toEqual([
    ['data', 'tank', 'DEGRADED', '0 0 0', null],
    ['data', '  raidz2-0', 'DEGRADED', '0 0 0', null],
    ['data', '    c0t0d0', 'ONLINE', '1 2 3', '(resilvering)'],
    ['data', '    replacing-1', 'DEGRADED', '0 0 0', null],
    ['data', '      1234567890123456789', 'UNAVAIL', '0 0 0', 'was /dev/dsk/c0t1d0s0'],
    ['data', '      c0t9d0', 'ONLINE', '0 0 0', '(awaiting resilver)'],
    ['data', '    spare-2', 'DEGRADED', '0 0 0', null],
    ['data', '      c0t2d0', 'FAULTED', '12 400 1200', 'too many errors'],
    ['data', '      c0t8d0', 'ONLINE', '0 0 0', null],
    ['data', '  indirect-1', 'ONLINE', '  ', null],
    ['special', 'mirror-2', 'ONLINE', '0 0 0', null],
    ['special', '  c1t0d0', 'ONLINE', '0 0 0', null],
    ['logs', 'mirror-3', 'ONLINE', '0 0 0', null],
    ['logs', '  c2t0d0', 'ONLINE', '0 0 0', null],
    ['cache', 'c3t0d0', 'ONLINE', '0 0 0', null],
    ['spares', 'c0t8d0', 'INUSE', '  ', 'currently in use'],
    ['spares', 'c0t7d0', 'AVAIL', '  ', null],
  ]);
});

test('lists the files with errors behind the sentence and counts them', () => {
  const { value, complaints } = parse('permanent-errors.txt');
  expect(complaints).toEqual([]);
  expect(value.map(({ name, errorCount }) => [name, errorCount])).toEqual([
    ['with blank', 3],
    ['next', null],
  ]);
  expect(value[0]?.errors).toBe(
    'Permanent errors have been detected in the following files: /tank/a file: with colon, tank/vol:<0x1>, <metadata>:<0x3d>',
  );
  expect(value[0]?.vdevs).toMatchObject([
    { name: 'with blank', state: 'UNAVAIL', note: 'insufficient replicas' },
    { name: '/files/a b.img', depth: 1 },
  ]);
  expect(value[1]?.errors).toBe('List of errors unavailable (insufficient privileges)');
});

test('counts all files of a list that is too long to keep', () => {
  const paths = Array.from({ length: 30 }, (_, index) => `        /tank/${index}\n`).join('');
  const head = 'errors: Permanent errors have been detected in the following files:';
  const { value } = zpoolStatus.parse(`  pool: tank\n${head}\n\n${paths}`);
  expect(value[0]?.errorCount).toBe(30);
  expect(value[0]?.errors).toMatch(/\/tank\/19, and 10 more$/);
});

test('reads the wording and layout of old releases', () => {
  const { value, complaints } = parse('old-wording-crlf.txt');
  expect(complaints).toEqual([]);
  expect(value[0]).toMatchObject({
    scan: { kind: 'scrub-done', finishedAt: Date.UTC(2006, 7, 31, 11, 45, 59) },
    errorCount: 1,
    vdevs: [
      { name: 'tank', depth: 0 },
      { name: 'mirror', depth: 1 },
      { name: 'c1t0d0', depth: 2, readErrors: 1229, note: '22.1M resilvered' },
      { name: 'c1t1d0', depth: 2 },
      { name: 'c2t0d0', depth: 0, section: 'logs' },
    ],
  });
});

test('joins rows that a narrow terminal has broken, with a column of slow operations', () => {
  const { value, complaints } = parse('slow-column-and-broken-rows.txt');
  expect(complaints).toEqual([]);
  expect(value[0]?.scan.finishedAt).toBe(Date.UTC(2022, 2, 9, 10, 6, 31));
  expect(value[0]?.vdevs).toMatchObject([
    { name: 'tank', note: null },
    { name: 'mirror-0', depth: 1, note: null },
    { name: 'c0t5000C500634A297BA5000C500634A297Bd0', depth: 2, state: 'ONLINE', note: null },
    {
      name: '9669136929555758172',
      depth: 2,
      readErrors: 1,
      writeErrors: 2,
      checksumErrors: 3,
      note: 'was /dev/dsk/c0t5000C5006349E003d0s0',
    },
  ]);
});

test('keeps the paragraphs of the pool apart from the details of its devices', () => {
  const { value, complaints } = parse('solaris-device-details.txt');
  expect(complaints).toEqual([]);
  expect(value[0]).toMatchObject({
    status: 'One or more devices are unavailable in response to persistent errors.',
    scan: { kind: 'resilver-done' },
    errorCount: 0,
  });
  expect(value[0]?.vdevs).toHaveLength(2);
});

test.for([
  'all pools are healthy',
  'no pools available',
  "pool 'tank' is healthy",
  '1750000000',
  'Sun Mar  3 04:23:46 UTC 2024',
])('reads "%s" as no pool at all', (text) => {
  expect(zpoolStatus.parse(`${text}\n`)).toEqual({ value: [], complaints: [] });
});

test('complains about every line that has no place', () => {
  const { value, complaints } = parse('garbage-and-cut-off.txt');
  expect(complaints.map(({ line }) => line).toSorted((a, b) => a - b)).toEqual([1, 4, 11, 12]);
  expect(value).toMatchObject([
    {
      name: 'tank',
      scan: { kind: 'unknown' },
      vdevs: [{ name: 'tank' }],
      errors: null,
      errorCount: null,
    },
  ]);
});

test('never throws and never complains more than there are lines', () => {
  fc.assert(
    fc.property(hostileText('pool/zpool-status'), (any) => {
      const { complaints } = zpoolStatus.parse(any);
      expect(complaints.length).toBeLessThanOrEqual(splitLines(any).length + 1);
    }),
  );
});

test('reads draids, special devices, scaled and negative counts, and what is being repaired', () => {
  const { value, complaints } = parse('draid-special-repairing.txt');
  expect(complaints).toEqual([]);
  expect(value).toMatchObject([
    {
      name: 'big',
      state: 'DEGRADED',
      errorCount: 4,
      action:
        'Restore the file in question if possible.  Otherwise restore the entire pool from backup.',
      scan: {
        kind: 'scrub-running',
        percentDone: 22,
        progress: { secondsLeft: 3600, rate: 890 * 2 ** 20, writtenBytes: 65_536 },
      },
    },
  ]);
  expect(
    value[0]?.vdevs.map((vdev) =>
      [
        vdev.section,
        vdev.depth,
        vdev.name,
        vdev.state,
        vdev.readErrors,
        vdev.writeErrors,
        vdev.checksumErrors,
        vdev.note ?? '',
      ].join(' '),
    ),
  ).toEqual([
    'data 0 big DEGRADED 0 0 4 ',
    'data 1 draid2:4d:11c:1s-0 DEGRADED 0 0 0 ',
    'data 2 c0t5000C500A0000001d0 ONLINE 0 0 1229 (repairing)',
    'data 2 spare-1 DEGRADED 0 0 0 ',
    'data 3 12345678901234567890 FAULTED 3 0 0 was /dev/dsk/c0t5000C500A0000002d0s0',
    'data 3 draid2-0-0 ONLINE 0 0 0 (resilvering)',
    'data 2 c0t5000C500A0000003d0 ONLINE 0 0  ',
    'special 0 mirror-1 ONLINE 0 0 0 ',
    'special 1 c1t0d0 ONLINE 0 0 0 ',
    'special 1 c1t1d0 OFFLINE 0 0 0 ',
    'dedup 0 c1t2d0 ONLINE 0 0 0 ',
    'logs 0 c1t3d0s0 ONLINE 0 0 0 ',
    'cache 0 c1t4d0 ONLINE    ',
    'spares 0 draid2-0-0 INUSE    currently in use',
    'spares 0 c0t9d0 UNAVAIL    cannot open',
  ]);
});

test('passes over the histogram of deduplicated blocks that -D prints', () => {
  const { value, complaints } = parse('dedup-histogram.txt');
  expect(complaints).toEqual([]);
  expect(value).toMatchObject([{ name: 'backup', errorCount: 0, vdevs: [{}, {}] }]);
});
