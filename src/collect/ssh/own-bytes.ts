/**
 * A copy in memory of its own, for a few bytes that are kept for long: others are parts of a pool or of what was
 * received, which they keep as a whole.
 */
export function ownBytes(bytes: Buffer): Buffer {
  const own = Buffer.alloc(bytes.length);
  bytes.copy(own);
  return own;
}
