/** Bytes as the hosts hand them over: DataView, typed array, ArrayBuffer or base64 text. */

export function bytesOf(value: unknown): Uint8Array | null {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  return typeof value === "string" ? fromBase64(value) : null;
}

export function fromBase64(text: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
  } catch {
    return null;
  }
}

/** Copies, because a buffer from the wire need not start at a multiple of four. */
export function floatsOf(bytes: Uint8Array): Float32Array {
  const whole = bytes.byteLength - (bytes.byteLength % 4);
  return new Float32Array(bytes.slice(0, whole).buffer);
}
