import { log, messageOf } from "./log"
import { within } from "./deadline"

export type Check = () => Promise<unknown>

export interface Report {
  ready: boolean
  checks: Record<string, string>
}

/**
 * Says whether the shop can serve: every check passes within the deadline. Callers at the same time share one round, and a check
 * that hangs is not started again before it ends, so asking often costs nothing.
 */
export class Readiness {
  private round?: Promise<Report>
  private pending = new Map<string, Promise<unknown>>()
  private last = ""
  private readonly told = new Map<string, string>()

  constructor(
    private readonly checks: Record<string, Check>,
    private readonly deadlineMs = 2000,
  ) {}

  report(): Promise<Report> {
    this.round ??= this.run().finally(() => (this.round = undefined))
    return this.round
  }

  private async run(): Promise<Report> {
    const results = await Promise.all(Object.keys(this.checks).map(async (name) => [name, await this.outcome(name)] as const))
    const report = { ready: results.every(([, text]) => text === "ok"), checks: Object.fromEntries(results) }
    const text = JSON.stringify(report)
    if (text !== this.last) (report.ready ? log.info : log.warn)(report.ready ? "ready" : "not ready", report)
    this.last = text
    return report
  }

  /** "ok" or what is wrong, in words that may be shown to anybody; the cause goes to the log only. */
  private async outcome(name: string): Promise<string> {
    const late = `no answer within ${this.deadlineMs / 1000} s`
    try {
      await within(this.deadlineMs, late, this.running(name))
      this.told.delete(name)
      return "ok"
    } catch (error) {
      const reason = messageOf(error)
      if (reason === late) return late
      if (this.told.get(name) !== reason) log.warn(`readiness: ${name} fails`, { reason })
      this.told.set(name, reason)
      return "fails"
    }
  }

  private running(name: string): Promise<unknown> {
    const known = this.pending.get(name)
    if (known) return known
    const started = this.checks[name]()
    this.pending.set(name, started)
    const settled = () => this.pending.delete(name)
    started.then(settled, settled)
    return started
  }
}
