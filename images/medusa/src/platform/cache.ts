import Redis from "ioredis"
import { until } from "./deadline"

/** A connection to the cache server, to see whether it answers: it fails at once instead of queueing while the server is away. */
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

/** Medusa's own connections give up after some seconds, and the process with them: it is started when the cache answers. */
export function waitForCache(cache: Redis, seconds: number): Promise<string> {
  // That a connection is not there says less than why: a name that is not known, a password that is not taken.
  let reason: unknown
  cache.on("error", (error) => (reason = error))
  return until({ what: "the cache answers", seconds, pauseMs: 100 }, async () => {
    try {
      return await cache.ping()
    } catch (error) {
      throw reason ?? error
    }
  })
}
