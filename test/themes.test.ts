import { expect, test } from 'vitest';
import { builtinThemesDir, loadThemes, TONE_NAMES } from '../src/config/themes.ts';
import type { Theme, ToneName } from '../src/domain/theme.ts';

const { themes, issues } = loadThemes([builtinThemesDir()]);
const all = [...themes.values()];
const coloured = all.filter(({ name }) => name !== 'mono');
const HIGH_CONTRAST = /^high-contrast/;

type Rgb = readonly [number, number, number];

/** sRGB to linear light, 0 to 1. */
function linear(hex: string): Rgb {
  const channel = (start: number): number => {
    const value = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

/** WCAG 2 contrast ratio, 1 to 21. */
function contrast(a: string, b: string): number {
  const luminance = (hex: string): number => {
    const [r, g, b] = linear(hex);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [high, low] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

/** CIE L*a*b*, D65. */
function lab([r, g, b]: Rgb): Rgb {
  const f = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** Hue in degrees and chroma, in L*a*b*. */
function hue(hex: string): { readonly degrees: number; readonly chroma: number } {
  const [, a, b] = lab(linear(hex));
  return { degrees: ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360, chroma: Math.hypot(a, b) };
}

/** Machado, Oliveira, Fernandes 2009, severity 1, on linear light. */
const BLINDNESS: Readonly<Record<string, readonly [Rgb, Rgb, Rgb]>> = {
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const distance = (a: Rgb, b: Rgb): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

const foregrounds = ({ tones }: Theme): readonly (readonly [ToneName, string])[] =>
  TONE_NAMES.flatMap((tone) => {
    const { fg } = tones[tone];
    return fg === undefined ? [] : [[tone, fg] as const];
  });

test('there are at least eight valid themes, dark and light', () => {
  expect(issues).toEqual([]);
  expect(all.length).toBeGreaterThanOrEqual(8);
  expect(new Set(all.map(({ kind }) => kind))).toEqual(new Set(['dark', 'light']));
  expect(themes.get('midnight')?.kind).toBe('dark');
  expect(themes.get('daylight')?.kind).toBe('light');
});

test.each(all)(
  '$name has every tone and a background of its kind',
  ({ tones, kind, background }) => {
    expect(Object.keys(tones).toSorted()).toEqual([...TONE_NAMES].toSorted());
    expect(contrast(background, kind === 'dark' ? '#000000' : '#ffffff')).toBeLessThan(2);
  },
);

test.each(coloured)('$name is readable on its background', (theme) => {
  const limit = HIGH_CONTRAST.test(theme.name) ? 7 : 4.5;
  const needed = (tone: ToneName): number => {
    if (tone === 'frame') return 1.5;
    return tone === 'frameFocused' ? Math.min(3, limit) : limit;
  };
  const unreadable = foregrounds(theme)
    .map(([tone, fg]) => ({ tone, fg, ratio: contrast(fg, theme.background) }))
    .filter(({ tone, ratio }) => ratio < needed(tone));
  expect(unreadable).toEqual([]);
});

test.each(coloured)('$name colours every text tone, and dims none of them further', ({ tones }) => {
  const bare = TONE_NAMES.filter((tone) => tone !== 'selection' && tones[tone].fg === undefined);
  expect(bare).toEqual([]);
  expect(TONE_NAMES.filter((tone) => tones[tone].dim === true)).toEqual([]);
});

test.each(coloured)('$name keeps red for what is critical', (theme) => {
  const isRed = (hex: string): boolean => {
    const { degrees, chroma } = hue(hex);
    return chroma > 30 && (degrees < 58 || degrees > 350);
  };
  const red = foregrounds(theme).filter(([, fg]) => isRed(fg));
  expect(red.map(([tone]) => tone)).toEqual(['bad']);
});

test.each(coloured)('$name draws what is healthy calmer than trouble', ({ tones, background }) => {
  const { ok, warn, bad, plain } = tones;
  const chroma = (hex: string | undefined): number => hue(hex ?? '#000000').chroma;
  expect(chroma(ok.fg)).toBeLessThan(Math.min(chroma(warn.fg), chroma(bad.fg)) / 2);
  expect(contrast(ok.fg ?? background, background)).toBeLessThan(
    contrast(plain.fg ?? background, background),
  );
});

test.each(all)(
  '$name marks selection and what is unlocked without colour; the sign of the unknown is a letter',
  ({ tones }) => {
    expect(tones.selection).toEqual({ inverse: true });
    expect(tones.unlocked.inverse).toBe(true);
    expect(tones.bad.bold).toBe(true);
    expect(tones.frameFocused.bold).toBe(true);
  },
);

test.each(coloured)('$name maps trouble to 16 colours by meaning', ({ tones }) => {
  // Palette index modulo 8: 1 red, 3 yellow, 4 blue, 6 cyan.
  const meaning = [tones.bad, tones.warn, tones.info, tones.accent].map(
    ({ ansi = -1 }) => ansi % 8,
  );
  expect(meaning).toEqual([1, 3, 4, 6]);
});

test.each(Object.keys(BLINDNESS))('ember tells its tones apart with %s', (kind) => {
  const ember = themes.get('ember');
  const matrix = BLINDNESS[kind];
  if (ember === undefined || matrix === undefined) throw new Error('no theme ember');
  const seen = (tone: ToneName): Rgb => {
    const [r, g, b] = linear(ember.tones[tone].fg ?? '#000000');
    const row = ([x, y, z]: Rgb): number => Math.min(1, Math.max(0, x * r + y * g + z * b));
    return lab([row(matrix[0]), row(matrix[1]), row(matrix[2])]);
  };
  const pairs = [
    ['ok', 'warn'],
    ['ok', 'bad'],
    ['warn', 'bad'],
    ['info', 'bad'],
    ['info', 'warn'],
    ['info', 'ok'],
  ] as const;
  const near = pairs.filter(([a, b]) => distance(seen(a), seen(b)) < 20);
  expect(near).toEqual([]);
});
