import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createInputParser, type InputEvent } from '../../src/term/input.ts';
import { FakeClock } from './fake-terminal.ts';

function parser() {
  const clock = new FakeClock();
  const events: InputEvent[] = [];
  return { clock, events, ...createInputParser((event) => events.push(event), clock) };
}

/** Each event in short: what a test reads. */
function short(event: InputEvent): string {
  switch (event.type) {
    case 'key':
      return event.text === '' ? event.key : `${event.key}=${event.text}`;
    case 'mouse': {
      const modifiers = `${event.shift ? 'S' : ''}${event.alt ? 'A' : ''}${event.ctrl ? 'C' : ''}`;
      return `${event.kind} ${event.button} ${event.x},${event.y}${modifiers}`;
    }
    case 'focus':
      return event.focused ? 'focus' : 'blur';
    case 'paste':
      return `paste(${event.text})`;
    case 'reply':
      return 'reply';
  }
}

function read(input: string | Buffer): readonly string[] {
  const { feed, flush, events } = parser();
  feed(input);
  flush();
  return events.map(short);
}

const E = '\u001B';

test.for<readonly [string, string]>([
  ['a', 'a=a'],
  ['A', 'A=A'],
  ['/', '/=/'],
  ['é', 'é=é'],
  ['中', '中=中'],
  ['🚀', '🚀=🚀'],
  [' ', 'space= '],
  ['\r', 'enter'],
  ['\n', 'ctrl-j'],
  ['\t', 'tab'],
  ['\u007F', 'backspace'],
  ['\b', 'backspace'],
  ['\u0000', 'ctrl-space'],
  ['\u0001', 'ctrl-a'],
  ['\u0003', 'ctrl-c'],
  ['\u000C', 'ctrl-l'],
  ['\u001A', 'ctrl-z'],
  ['\u001C', 'ctrl-\\'],
  ['\u001F', 'ctrl-_'],
  [E, 'esc'],
  [`${E}x`, 'alt-x'],
  [`${E}X`, 'alt-X'],
  [`${E}\r`, 'alt-enter'],
  [`${E} `, 'alt-space'],
  [`${E}\u007F`, 'alt-backspace'],
  [`${E}\u000C`, 'ctrl-alt-l'],
  [`${E}é`, 'alt-é'],
  [`${E}[`, 'alt-['],
  [`${E}O`, 'alt-O'],
  [`${E}]`, 'alt-]'],
  [`${E}[A`, 'up'],
  [`${E}[B`, 'down'],
  [`${E}[C`, 'right'],
  [`${E}[D`, 'left'],
  [`${E}[H`, 'home'],
  [`${E}[F`, 'end'],
  [`${E}OA`, 'up'],
  [`${E}OD`, 'left'],
  [`${E}OH`, 'home'],
  [`${E}OF`, 'end'],
  [`${E}[1~`, 'home'],
  [`${E}[2~`, 'insert'],
  [`${E}[3~`, 'delete'],
  [`${E}[4~`, 'end'],
  [`${E}[5~`, 'pageup'],
  [`${E}[6~`, 'pagedown'],
  [`${E}[7~`, 'home'],
  [`${E}[8~`, 'end'],
  [`${E}[Z`, 'shift-tab'],
  [`${E}[1;2A`, 'shift-up'],
  [`${E}[1;5A`, 'ctrl-up'],
  [`${E}[1;3D`, 'alt-left'],
  [`${E}[1;8C`, 'ctrl-alt-shift-right'],
  [`${E}[1;5H`, 'ctrl-home'],
  [`${E}[3;5~`, 'ctrl-delete'],
  [`${E}[5;2~`, 'shift-pageup'],
  [`${E}${E}[A`, 'alt-up'],
  [`${E}[a`, 'shift-up'],
  [`${E}Oa`, 'ctrl-up'],
  [`${E}[5^`, 'ctrl-pageup'],
  [`${E}OP`, 'f1'],
  [`${E}OQ`, 'f2'],
  [`${E}OR`, 'f3'],
  [`${E}OS`, 'f4'],
  [`${E}[11~`, 'f1'],
  [`${E}[15~`, 'f5'],
  [`${E}[17~`, 'f6'],
  [`${E}[18~`, 'f7'],
  [`${E}[19~`, 'f8'],
  [`${E}[20~`, 'f9'],
  [`${E}[21~`, 'f10'],
  [`${E}[23~`, 'f11'],
  [`${E}[24~`, 'f12'],
  [`${E}[24;2~`, 'shift-f12'],
  [`${E}[1;2P`, 'shift-f1'],
  [`${E}[[A`, 'f1'],
  [`${E}[[E`, 'f5'],
  [`${E}[224z`, 'f1'],
  [`${E}[235z`, 'f12'],
  [`${E}[216z`, 'pageup'],
  [`${E}OM`, 'enter'],
  [`${E}Ok`, '+=+'],
  [`${E}Oy`, '9=9'],
  [`${E}[108;5u`, 'ctrl-l'],
  [`${E}[97;2u`, 'A=A'],
  [`${E}[13u`, 'enter'],
  [`${E}[27;5;9~`, 'ctrl-tab'],
  [`${E}[I`, 'focus'],
  [`${E}[O`, 'blur'],
])('reads %j as %s', ([input, event]) => {
  expect(read(input)).toEqual([event]);
});

test.for<readonly [string, string]>([
  ['a cursor report', `${E}[24;80R`],
  ['a cursor report of the first row', `${E}[1;5R`],
  ['device attributes', `${E}[?62;22c`],
  ['a mode report', `${E}[?2026;2$y`],
  ['a size report', `${E}[8;24;80t`],
  ['a keyboard report', `${E}[?1u`],
  ['a colour report', `${E}]11;rgb:0000/0000/0000${E}\\`],
  ['a clipboard report', `${E}]52;c;aGk=\u0007`],
  ['a version report', `${E}P>|tmux 3.7${E}\\`],
  ['an unknown sequence', `${E}[99;99;99x`],
  ['an unknown function key', `${E}[34~`],
  ['a mouse report out of range', `${E}[<0;1M`],
])('%s is a reply, never a key', ([, input]) => {
  expect(read(input)).toEqual(['reply']);
});

test.for<readonly [string, string]>([
  [`${E}[<0;1;1M`, 'press 0 0,0'],
  [`${E}[<2;120;40M`, 'press 2 119,39'],
  [`${E}[<0;3;4m`, 'release 0 2,3'],
  [`${E}[<32;3;4M`, 'drag 0 2,3'],
  [`${E}[<64;10;5M`, 'wheel-up 0 9,4'],
  [`${E}[<65;10;5M`, 'wheel-down 0 9,4'],
  [`${E}[<20;1;1M`, 'press 0 0,0SC'],
  [`${E}[<8;300;200M`, 'press 0 299,199A'],
  [`${E}[M !!`, 'press 0 0,0'],
  [`${E}[M#"!`, 'release 0 1,0'],
])('reads the mouse report %j as %s', ([input, event]) => {
  expect(read(input)).toEqual([event]);
});

test('bytes that are no text type nothing', () => {
  expect(read(Buffer.from([0xff, 0x61, 0xc3, 0x28, 0xc2, 0x9b]))).toEqual(['a=a', '(=(']);
});

test('a burst is read key by key, each with its bytes', () => {
  const { feed, events } = parser();
  feed(`jj${E}[Aé\r`);
  expect(events.map((event) => (event.type === 'key' ? event.sequence : ''))).toEqual([
    'j',
    'j',
    `${E}[A`,
    'é',
    '\r',
  ]);
});

test('a lone Esc is the key after 25 ms, not before', () => {
  const { feed, clock, events } = parser();
  feed(E);
  clock.advance(24);
  expect(events).toEqual([]);
  clock.advance(1);
  expect(events.map(short)).toEqual(['esc']);
  feed('x');
  expect(events.map(short)).toEqual(['esc', 'x=x']);
  expect(clock.pending).toBe(0);
});

test('two quick Escs are two keys', () => {
  const { feed, clock, events } = parser();
  feed(E + E);
  clock.advance(25);
  expect(events.map(short)).toEqual(['esc', 'esc']);
  expect(read(`${E}${E}x`)).toEqual(['esc', 'alt-x']);
  expect(read(`${E}${E}${E}[A`)).toEqual(['esc', 'alt-up']);
});

test('an unfinished sequence is given up, and is no key', () => {
  const { feed, clock, events } = parser();
  feed(`${E}[1;`);
  clock.advance(499);
  expect(events).toEqual([]);
  clock.advance(1);
  expect(events.map(short)).toEqual(['reply']);
  feed('A');
  expect(events.map(short)).toEqual(['reply', 'A=A']);
});

test('a sequence cut by another one does not swallow it', () => {
  expect(read(`${E}[1;${E}[A`)).toEqual(['reply', 'up']);
  expect(read(`${E}]0;t${E}[Ax`)).toEqual(['reply', 'up', 'x=x']);
});

test('a control string without an end does not grow for ever', () => {
  const { feed, clock, events } = parser();
  for (let count = 0; count < 1000; count += 1) feed(count === 0 ? `${E}]` : 'x'.repeat(1000));
  expect(events).toEqual([]);
  feed('\u0007a');
  expect(events.map(short)).toEqual(['reply', 'a=a']);
  clock.advance(1000);
  expect(events).toHaveLength(2);
});

const paste = (text: string): string => `${E}[200~${text}${E}[201~`;

test('a paste is one event, whatever it looks like', () => {
  expect(read(`a${paste('q\rD\r\nx\u0003')}b`)).toEqual(['a=a', 'paste(q\nD\nx·)', 'b=b']);
  expect(read(paste(''))).toEqual(['paste()']);
  expect(read(paste(`${E}[31mred${E}[0m`))).toEqual(['paste(red)']);
  expect(read(paste(`${E}[20`))).toEqual([expect.stringMatching(/^paste\(/)]);
  expect(read(`${E}[201~x`)).toEqual(['x=x']);
});

test('a paste goes on while its bytes come and is ended by 30 s of silence', () => {
  const { feed, clock, events } = parser();
  feed(`${E}[200~one `);
  clock.advance(29_000);
  feed('two');
  clock.advance(29_999);
  expect(events).toEqual([]);
  clock.advance(1);
  expect(events.map(short)).toEqual(['paste(one two)']);
});

test('a paste above 1 MB is cut, its rest is not typed', () => {
  const { feed, events } = parser();
  feed(`${E}[200~`);
  for (let count = 0; count < 40; count += 1) feed('x'.repeat(50_000));
  feed(`${E}[201~y`);
  expect(events).toHaveLength(2);
  expect(events[0]?.type === 'paste' && events[0].text.length).toBe(1_048_576);
  expect(events[1]).toMatchObject({ key: 'y' });
});

const piece = fc.oneof(
  fc.constantFrom('a', 'é', '中', '🚀', ' ', '\r', '\u0003', `${E}x`, `${E}[A`, `${E}OP`, `${E}[1;5C`, `${E}[15~`, `${E}[<0;12;7M`, `${E}[M !!`, `${E}[I`, `${E}[O`, `${E}[[A`, `${E}${E}[B`, `${E}]11;rgb:00${E}\\`, `${E}]52;c;eA==\u0007`, `${E}P>|x${E}\\`, `${E}[24;80R`, `${E}[?62c`, paste('some\ntext'), paste(`${E}[20${E}`), paste('中é')), // prettier-ignore
  fc.string({ unit: 'grapheme', maxLength: 3 }).filter((text) => !text.includes('\uFFFD')),
);

test('the events do not depend on where the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 12 }),
      fc.array(fc.nat(200), { maxLength: 12 }),
      (pieces, cuts) => {
        const bytes = Buffer.from(pieces.join(''));
        const whole = read(bytes);
        const { feed, flush, events } = parser();
        const at = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].sort(
          (a, b) => a - b,
        );
        for (const [index, start] of at.entries()) feed(bytes.subarray(start, at[index + 1]));
        flush();
        expect(events.map(short)).toEqual(whole);
        const single = parser();
        for (const byte of bytes) single.feed(Buffer.from([byte]));
        single.flush();
        expect(single.events.map(short)).toEqual(whole);
      },
    ),
    { numRuns: 300 },
  );
});

test('no input throws or is lost in the parser for ever', () => {
  const hostile = fc.array(
    fc.constantFrom(E, '[', 'O', ']', 'P', 'M', '<', '?', '1', ';', '~', '\u0007', '\\', 'a', '200~', '201~'), // prettier-ignore
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(hostile, (parts) => {
      const { feed, clock, events } = parser();
      feed(parts.join(''));
      clock.advance(31_000);
      const count = events.length;
      feed('z');
      expect(events.slice(count).map(short)).toEqual(['z=z']);
    }),
    { numRuns: 500 },
  );
});

test('dispose forgets what is pending and stops its timer', () => {
  const { feed, dispose, clock, events } = parser();
  feed(E);
  dispose();
  expect(clock.pending).toBe(0);
  clock.advance(1000);
  feed('x');
  expect(events.map(short)).toEqual(['x=x']);
});
