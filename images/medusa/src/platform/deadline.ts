import { setTimeout as delay } from "node:timers/promises"
import { log, messageOf } from "./log"

/** Fails with `message` when the promise has not settled in time. The work itself goes on: give it a limit of its own too. */
export async function within<T>(milliseconds: number, message: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const expiry = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(message)), milliseconds)
  })
  try {
    return await Promise.race([work, expiry])
  } finally {
    clearTimeout(timer)
  }
}

export interface Wait {
  what: string
  seconds: number
  pauseMs?: number
}

/** Tries until `attempt` yields something other than undefined; its last failure is told when the time is over. */
export async function until<T>({ what, seconds, pauseMs = 250 }: Wait, attempt: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + seconds * 1000
  let told = ""
  for (;;) {
    let reason = "not yet"
    try {
      const result = await attempt()
      if (result !== undefined) return result
    } catch (error) {
      reason = messageOf(error)
    }
    if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s (${reason})`)
    if (reason !== told) log.info(`waiting: ${what}`, { reason })
    told = reason
    await delay(pauseMs)
  }
}
