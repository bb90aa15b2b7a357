import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readList } from '../../../src/collect/kube/body.ts';
import type { ListOptions, TimedBody } from '../../../src/collect/kube/body.ts';
import { KubeError } from '../../../src/collect/kube/kube-error.ts';
import { keptBytes } from '../../support/heap.ts';

const target = { address: 'api:6443', isProxied: false };

/** A body that gives these chunks, each when it is asked for. */
const bodyOf = (chunks: Iterable<Buffer> | AsyncIterable<Buffer>): TimedBody => ({
  body: Readable.from(chunks, { highWaterMark: 1 }) as unknown as TimedBody['body'],
  silenceMs: 600_000,
});

function* buffersOf(chunks: Iterable<string | Buffer>): Generator<Buffer> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

/** What is read of a list; of an error its code. */
async function read(
  chunks: Iterable<string | Buffer>,
  options: Partial<ListOptions> = {},
): Promise<{ readonly items: readonly unknown[]; readonly end: unknown }> {
  const items: unknown[] = [];
  const end = await readList(bodyOf(buffersOf(chunks)), {
    limit: 1_000_000,
    itemLimit: 100_000,
    target,
    onItem: (item) => {
      items.push(item);
    },
    ...options,
  }).catch((error: unknown) => (error instanceof KubeError ? error.failure.code : error));
  return { items, end };
}

test('gives the objects without their managed fields, and what is around them', async () => {
  const object = (managedFields: unknown) => ({
    metadata: { name: 'a', managedFields },
    kind: 'Pod',
  });
  const list = {
    kind: 'List',
    items: [object([{ manager: 'me' }]), null],
    metadata: { continue: 'x' },
  };
  let told = 0;
  const onBytes = () => {
    told += 1;
  };
  expect(await read(JSON.stringify(list), { onBytes })).toEqual({
    items: [object([]), null],
    end: { ...list, items: [] },
  });
  expect(told).toBe(JSON.stringify(list).length);
});

test.for([
  ['nothing', [], [], 'bad-json'],
  ['what is no JSON', ['upstream connect error'], [], 'bad-json'],
  ['a list that is no object', ['[{"items":[]}]'], [], 'bad-json'],
  ['half a list', ['{"items":[1,2,{"a":', '3'], [1, 2], 'bad-json'],
  ['a list whose end is missing', ['{"items":[1]'], [1], 'bad-json'],
  ['an object that is no JSON', ['{"items":[1,{"a":[1}', ',2]}'], [1], 'bad-json'],
  ['an object that is nothing', ['{"items":[1,,2]}'], [1], 'bad-json'],
  ['two lists', ['{"items":[1]}', '{"items":[2]}'], [1], 'bad-json'],
  ['something around that is no JSON', ['{"items":[1],"a":nil}'], [1], 'bad-json'],
  ['an object that is too large', ['{"items":[1,"', 'x'.repeat(100_000)], [1], 'too-large'],
  [
    'a list that is too large',
    ['{"items":[', ...Array(101).fill('1'.padEnd(9_999) + ',')],
    Array(99).fill(1),
    'too-large',
  ],
] as const)('%s is told as what it is', async ([, chunks, items, code]) => {
  expect(await read(chunks)).toEqual({ items, end: code });
});

test('a connection that breaks half way is told as such', async () => {
  const error = Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' });
  function* chunks() {
    yield '{"items":[1,2';
    throw error;
  }
  expect(await read(chunks())).toEqual({ items: [1], end: 'reset' });
});

test('what is thrown for an object ends the reading', async () => {
  let asked = 0;
  function* chunks() {
    yield '{"items":[';
    for (;;) {
      asked += 1;
      yield `${asked},`;
    }
  }
  const onItem = (item: unknown) => {
    if (item === 3) throw new KubeError({ code: 'over-cap', message: '', hint: '' });
  };
  expect((await read(chunks(), { onItem })).end).toBe('over-cap');
  expect(asked).toBeLessThan(10);
});

test('garbage gives an error of this layer or a list, and always an end', async () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
    fc
      .constantFrom(
        '{"items":[',
        '{',
        '}',
        '[',
        ']',
        '"',
        ',',
        ':',
        '\\',
        '"items":',
        '1',
        'null',
        ' ',
      )
      .map((text) => Buffer.from(text)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (chunks) => {
      const { end } = await read(chunks, { limit: 100, itemLimit: 20 });
      const isSound =
        typeof end === 'string'
          ? ['bad-json', 'too-large'].includes(end)
          : typeof JSON.parse(Buffer.concat(chunks).toString('utf8')) === 'object';
      expect(isSound).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('of a large list only what lies in a few chunks is held at a time', async () => {
  const object = (index: number) =>
    `{"metadata":{"name":"pod-${index}"},"text":"${'x'.repeat(400)}"}`;
  let sent = 0;
  let taken = 0;
  let mostHeld = 0;
  function* chunks() {
    yield '{"items":[';
    for (let index = 0; index < 10_000; index += 40) {
      const some = Array.from({ length: 40 }, (_, each) => object(index + each));
      sent += some.length;
      yield (index === 0 ? '' : ',') + some.join(',');
    }
    yield ']}';
  }
  const { end } = await read(chunks(), {
    limit: 10_000_000,
    onItem: () => {
      mostHeld = Math.max(mostHeld, sent - taken);
      taken += 1;
    },
  });
  expect([end, taken]).toEqual([{ items: [] }, 10_000]);
  expect(mostHeld).toBeLessThan(400);
});

test('nothing more is read while an object is waited for', async () => {
  let sent = 0;
  async function* chunks() {
    yield Buffer.from('{"items":[0');
    for (; sent < 1000; sent += 1) yield Buffer.from(`,${sent}`);
    yield Buffer.from(']}');
  }
  const sentMeanwhile: number[] = [];
  const end = await readList(bodyOf(chunks()), {
    limit: 1_000_000,
    itemLimit: 1000,
    target,
    onItem: async (item) => {
      if (item !== 500) return;
      const before = sent;
      for (let turn = 0; turn < 100; turn += 1)
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
      sentMeanwhile.push(sent - before);
    },
  });
  expect(end).toEqual({ items: [] });
  expect(sentMeanwhile).toHaveLength(1);
  // The stream between may take one or two on its own.
  expect(sentMeanwhile[0]).toBeLessThan(10);
});

test('a text that is kept of an object does not keep the object', async () => {
  const object = (index: number) => ({
    name: `a-name-of-more-than-twelve-letters-${index}`,
    text: String(index).padEnd(100_000, 'x'),
  });
  function* chunks() {
    yield '{"items":[';
    for (let index = 0; index < 300; index += 1)
      yield `${index === 0 ? '' : ','}${JSON.stringify(object(index))}`;
    yield ']}';
  }
  const names: unknown[] = [];
  const before = keptBytes() + process.memoryUsage().arrayBuffers;
  await read(chunks(), {
    limit: 100_000_000,
    itemLimit: 1_000_000,
    onItem: (item) => {
      names.push((item as ReturnType<typeof object>).name);
    },
  });
  expect(keptBytes() + process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  expect(names).toHaveLength(300);
});
