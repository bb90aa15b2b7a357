/** dladm prints octets without leading zeros: `2:8:20:43:4e:9c` is `02:08:20:43:4e:9c`. null for anything else. */
export function toMacAddress(text: string | null): string | null {
  const octets = (text ?? '').toLowerCase().split(':');
  return octets.length >= 6 && octets.every((octet) => /^[0-9a-f]{1,2}$/.test(octet))
    ? octets.map((octet) => octet.padStart(2, '0')).join(':')
    : null;
}
