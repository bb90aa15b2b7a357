/**
 * The few ASN.1 types of an X.509 certificate in DER (ITU-T X.690). The lab writes its certificates itself: the
 * alternative needs a metadata polyfill on the global object.
 */
const TAG = {
  boolean: 1,
  integer: 2,
  bitString: 3,
  octetString: 4,
  oid: 6,
  utf8: 12,
  utcTime: 23,
  generalizedTime: 24,
  sequence: 48,
  set: 49,
};

/** Tag, length, contents. */
export function encode(tag: number, ...contents: readonly Buffer[]): Buffer {
  const body = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), length(body.length), body]);
}

function length(bytes: number): Buffer {
  if (bytes < 0x80) return Buffer.from([bytes]);
  const digits: number[] = [];
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return Buffer.from([0x80 | digits.length, ...digits]);
}

export const sequence = (...contents: readonly Buffer[]): Buffer =>
  encode(TAG.sequence, ...contents);
export const set = (...contents: readonly Buffer[]): Buffer => encode(TAG.set, ...contents);
export const octets = (content: Buffer): Buffer => encode(TAG.octetString, content);
export const utf8 = (text: string): Buffer => encode(TAG.utf8, Buffer.from(text));
export const boolean = (value: boolean): Buffer =>
  encode(TAG.boolean, Buffer.from([value ? 0xff : 0]));
export const bits = (content: Buffer, unused = 0): Buffer =>
  encode(TAG.bitString, Buffer.from([unused]), content);

/** A positive integer from its big-endian bytes. */
export function integer(bytes: Buffer): Buffer {
  return encode(
    TAG.integer,
    bytes.readUInt8(0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes,
  );
}

/** An object identifier from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return encode(TAG.oid, Buffer.from(bytes));
}

/** RFC 5280 4.1.2.5: UTCTime until 2049, GeneralizedTime from 2050. */
export function time(atMs: number): Buffer {
  const digits = new Date(atMs).toISOString().slice(0, 19).replaceAll(/[-:T]/gu, '');
  const utc = digits < '2050';
  return encode(
    utc ? TAG.utcTime : TAG.generalizedTime,
    Buffer.from(`${utc ? digits.slice(2) : digits}Z`),
  );
}
