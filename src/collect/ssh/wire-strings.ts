/** RFC 4251, 5: strings with their length in four bytes in front, as long as they are whole. */
export function readStrings(data: Buffer, offset = 0): readonly Buffer[] {
  const strings: Buffer[] = [];
  let at = offset;
  while (at + 4 <= data.length) {
    const end = at + 4 + data.readUInt32BE(at);
    if (end > data.length) break;
    strings.push(data.subarray(at + 4, end));
    at = end;
  }
  return strings;
}

/** The inverse of {@link readStrings}. */
export const writeStrings = (strings: readonly (Buffer | string)[]): Buffer =>
  Buffer.concat(
    strings.flatMap((string) => {
      const bytes = typeof string === 'string' ? Buffer.from(string, 'latin1') : string;
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
