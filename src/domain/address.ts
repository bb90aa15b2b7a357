/** A host as it stands before a port: an IPv6 address in brackets, RFC 3986 3.2.2. */
export const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** An address without the length of its prefix: `10.0.0.7` of `10.0.0.7/24`. */
export const withoutPrefix = (address: string): string => address.split('/')[0] ?? address;

/** The addresses of a zone or VM without the lengths of their prefixes. */
export const plainAddresses = ({
  addresses,
}: {
  readonly addresses: readonly string[];
}): readonly string[] => addresses.map(withoutPrefix);

/** The host of a URL as sockets take it: an IPv6 address without its brackets. */
export const unbracketed = (host: string): string => host.replace(/^\[|\]$/g, '');

/** The host that a URL names, without the brackets of an IPv6 address; null for what is none. */
export function hostOfUrl(text: string): string | null {
  const url = URL.parse(text);
  return url && unbracketed(url.hostname);
}

/** The host of `host:port`, without the brackets of an IPv6 address. */
export const plainHost = (address: string): string =>
  unbracketed(address.slice(0, address.lastIndexOf(':')));

/** The IPv4 network of an address such as `10.0.0.7/24`, as a text to compare; null where it tells none. */
export function subnetOf(text: string): string | null {
  const [, address = '', prefix] =
    /^([0-9]{1,3}(?:\.[0-9]{1,3}){3})\/([0-9]{1,2})$/.exec(text) ?? [];
  const length = Number(prefix);
  if (prefix === undefined || length > 32) return null;
  const bits = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - length);
  return `${Math.floor(bits / size)}/${length}`;
}

/** Whether a name or address, without a port and brackets, is of the loopback. */
export const isLoopback = (host: string): boolean => /^(?:127\.|localhost$|::1$)/.test(host);
