/**
 * The bytes of an upload. Medusa hands them over as base64, as UTF-8 text or as a binary string, and does not say which: base64 is
 * told by reading the same when encoded again, the others by the file's type.
 */
export function decodeContent(content: string, mimeType = ""): Buffer {
  const decoded = Buffer.from(content, "base64")
  if (decoded.toString("base64") === content) return decoded
  const isText = mimeType.startsWith("text/") || /csv|json|xml/.test(mimeType)
  return Buffer.from(content, isText ? "utf8" : "latin1")
}
