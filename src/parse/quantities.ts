const SUFFIX_FACTOR: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * A Kubernetes quantity in its base unit (cores, bytes, pieces): `3920m` is 3.92, `16Gi` is 17179869184,
 * `1e3` is 1000. null for anything else.
 */
export function parseQuantity(text: string): number | null {
  const match =
    /^([+-]?)([0-9]{0,30})(?:\.([0-9]{0,30}))?(?:[eE]([+-]?[0-9]{1,3})|([numkKMGTPE]?i?))$/.exec(
      text,
    );
  if (!match) return null;
  const [, sign, whole = '', fraction = '', exponent, suffix = ''] = match;
  const factor = exponent === undefined ? SUFFIX_FACTOR[suffix] : 10 ** Number(exponent);
  if (factor === undefined || (whole === '' && fraction === '')) return null;
  const digits = Number(`${whole === '' ? '0' : whole}.${fraction === '' ? '0' : fraction}`);
  // Dividing keeps 3920m exact where multiplying by a thousandth would not.
  const value = factor < 1 ? digits / Math.round(1 / factor) : digits * factor;
  return sign === '-' ? -value : value;
}
