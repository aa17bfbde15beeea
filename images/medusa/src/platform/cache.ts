import Redis from "ioredis"

/** A connection to the cache server for the readiness check alone: it fails at once instead of queueing while the server is away. */
export function cacheProbe(url: string): Redis {
  const client = new Redis(url, {
    connectTimeout: 2000,
    commandTimeout: 2000,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: (attempt) => Math.min(attempt * 100, 1000),
  })
  // The check itself tells of failures: a listener only keeps them from ending the process.
  client.on("error", () => undefined)
  return client
}
