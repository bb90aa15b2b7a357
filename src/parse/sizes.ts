const UNIT_BYTES: Readonly<Record<string, number>> = {
  K: 2 ** 10,
  M: 2 ** 20,
  G: 2 ** 30,
  T: 2 ** 40,
  P: 2 ** 50,
  E: 2 ** 60,
};

/**
 * A size as zonecfg(8), the bhyve brand and zpool(8) print it, in bytes: `4G`, `512M`, `3.62T`, `1073741824`;
 * a unit may be lower case and may end in `B` or `iB`, and before one some locales write a comma for the point. All units are
 * powers of 1024.
 * `bareUnitBytes` is what a number without a unit counts: 1, or 2^20 for the RAM of a virtual machine.
 * null for anything else.
 */
export function parseSizeBytes(text: string, bareUnitBytes = 1): number | null {
  const match =
    /^([0-9]{1,20}(?:\.[0-9]{1,20}|,[0-9]{1,3}(?=[KMGTPE]))?) ?([KMGTPEkmgtpe]?)(?:i?[Bb])?$/.exec(
      text.trim(),
    );
  if (!match) return null;
  const [, digits = '', unit = ''] = match;
  return Math.round(
    Number(digits.replace(',', '.')) *
      (unit === '' ? bareUnitBytes : (UNIT_BYTES[unit.toUpperCase()] ?? 1)),
  );
}
