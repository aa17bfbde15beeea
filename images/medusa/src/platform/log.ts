type Fields = Record<string, unknown>

function write(level: string, message: string, fields: Fields): void {
  process.stdout.write(JSON.stringify({ level, message, ...fields, timestamp: new Date().toISOString() }) + "\n")
}

/** One JSON object a line, as Medusa's own logger writes them. */
export const log = {
  info: (message: string, fields: Fields = {}) => write("info", message, fields),
  warn: (message: string, fields: Fields = {}) => write("warn", message, fields),
  error: (message: string, fields: Fields = {}) => write("error", message, fields),
}

/** An error's message, with what it wraps: connection errors carry their causes in `errors` and leave the message empty. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0])
  return error instanceof Error ? error.message || error.name : String(error)
}
