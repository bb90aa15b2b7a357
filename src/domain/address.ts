/** A host as it stands before a port: an IPv6 address in brackets, RFC 3986 3.2.2. */
export const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** An address without the length of its prefix: `10.0.0.7` of `10.0.0.7/24`. */
export const withoutPrefix = (address: string): string => address.split('/')[0] ?? address;
