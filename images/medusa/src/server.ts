import http, { IncomingMessage, ServerResponse } from "node:http"
import { setTimeout as delay } from "node:timers/promises"
import { cacheProbe, waitForCache } from "./platform/cache"
import { waitForSetup } from "./platform/database"
import { within } from "./platform/deadline"
import { log, messageOf } from "./platform/log"
import { Readiness, type Report } from "./platform/readiness"
import { applicationRoot, buildId, cacheUrl, databaseUrl, exportToMedusa, secretFrom, setting } from "./platform/settings"
import { firstVisit } from "./first-visit"
import type { Application } from "./medusa"

/** How long a server waits for the set-up, and for its cache, before it gives up and is restarted. */
const setupPatienceSeconds = 540
/** How long a probe is kept waiting while the shop starts: answered "no", it would come again only a second later. With a check of two seconds, less than the startup probe's timeout. */
const startHeldMs = 7_000
/** How often it is looked again meanwhile: whether Medusa is there, and then whether its database and cache answer. */
const loadingPollMs = 20
const checkPollMs = 100
/** Connections that are still open after this are cut when the process is told to end. */
const drainMs = 20_000
/** How long the application may take to close. Where database and cache are gone already, as when a store is deleted, it would wait on. */
const shutdownMs = 5_000

type Answer = (response: ServerResponse) => Promise<void> | void

/**
 * Listens from its first moment, so that probes are answered truthfully all along: alive at once, ready when the set-up is done,
 * the application loaded, and its database and cache answer.
 */
export async function serve(): Promise<void> {
  const address = cacheUrl()
  exportToMedusa({
    DATABASE_URL: databaseUrl(),
    REDIS_URL: address,
    JWT_SECRET: secretFrom("JWT_SECRET_FILE"),
    COOKIE_SECRET: secretFrom("COOKIE_SECRET_FILE"),
  })
  const front = new Front(Number(setting("PORT", "9000")))
  await front.listen()

  const cache = cacheProbe(address)
  // Loading the code takes seconds and needs no database: it goes on while the set-up does.
  const [{ startApplication }] = await Promise.all([loadCode(), waitForSetup(buildId(), setupPatienceSeconds)])
  // Asked last: the set-up may have taken minutes.
  await waitForCache(cache, setupPatienceSeconds)
  const application = await startApplication(applicationRoot, cache)
  front.open(application)
  log.info("serving", { build: buildId(), mode: setting("WORKER_MODE", "shared"), boot_seconds: Math.round(process.uptime() * 10) / 10 })
}

async function loadCode() {
  const medusa = await import("./medusa.js")
  const { preload } = await import("./preload.js")
  await preload(applicationRoot)
  return medusa
}

/** The HTTP server in front of Medusa: /health and /ready are its own, all else goes to the application once there is one. */
class Front {
  private application?: Application
  private readiness?: Readiness
  private wasReady = false
  private ending = false
  private readonly server = http.createServer((request, response) => this.dispatch(request, response))

  constructor(private readonly port: number) {}

  listen(): Promise<void> {
    // Longer than the ingress controller keeps its idle connections, or it would send a request into one that is being closed.
    this.server.keepAliveTimeout = 95_000
    return new Promise((resolve, reject) => this.server.once("error", reject).listen(this.port, resolve))
  }

  open(application: Application): void {
    this.readiness = new Readiness(application.checks)
    this.application = application
    process.removeAllListeners("SIGTERM").once("SIGTERM", () => void this.end())
  }

  private async end(): Promise<void> {
    log.info("ending: open requests are finished first")
    this.ending = true
    try {
      await this.drain()
      await within(shutdownMs, `closing the application took over ${shutdownMs / 1000} s`, this.application?.shutdown() ?? Promise.resolve())
      process.exit(0)
    } catch (error) {
      log.error("the end was not clean", { reason: messageOf(error) })
      process.exit(1)
    }
  }

  private drain(): Promise<void> {
    return new Promise((resolve) => {
      setTimeout(() => this.server.closeAllConnections(), drainMs).unref()
      this.server.close(() => resolve())
      this.server.closeIdleConnections()
    })
  }

  private dispatch(request: IncomingMessage, response: ServerResponse): void {
    const own: Record<string, Answer> = {
      "/health": (r) => send(r, 200, { status: "alive" }),
      "/ready": (r) => this.answerReady(r),
    }
    const answer = own[(request.url ?? "").split("?")[0]]
    if (answer) void answer(response)
    else if (this.application) this.application.handler(request, response)
    else send(response, 503, { message: "The shop is starting" })
  }

  private async answerReady(response: ServerResponse): Promise<void> {
    const until = Date.now() + startHeldMs
    let report = await this.report()
    while (!report.ready && !this.wasReady && !this.ending && Date.now() < until) {
      await delay(this.application ? checkPollMs : loadingPollMs)
      report = await this.report()
    }
    send(response, report.ready ? 200 : 503, report)
    if (report.ready && !this.wasReady) void this.visit()
    this.wasReady ||= report.ready
  }

  private async visit(): Promise<void> {
    // A worker serves no visitors.
    if (setting("WORKER_MODE", "shared") === "worker") return
    try {
      const key = await this.application?.publishableKey()
      if (key) await firstVisit(this.port, key)
    } catch (error) {
      log.info("the first visit went wrong", { reason: messageOf(error) })
    }
  }

  private async report(): Promise<Report> {
    if (this.ending) return { ready: false, checks: { application: "ending" } }
    return this.readiness?.report() ?? { ready: false, checks: { application: "starting" } }
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" })
  response.end(JSON.stringify(body))
}
