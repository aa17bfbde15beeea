import { defineConfig } from "@medusajs/framework/utils"

// src/platform/settings.ts puts these into the environment of the process, from mounted files. The build reads this file without them.
const { COOKIES_SECURE, DATABASE_POOL_MAX, DATABASE_URL, REDIS_URL, WORKER_MODE } = process.env

// One origin serves shop, admin and API of a store, whatever its names are: no other origin is let in, and no name is fixed at boot.
const sameOriginOnly = ""

// The set-up runs without the cache server: nothing that it starts may outlive it there, above all no lock.
const redisModules = [
  { resolve: "@medusajs/medusa/event-bus-redis", options: { redisUrl: REDIS_URL } },
  { resolve: "@medusajs/medusa/cache-redis", options: { redisUrl: REDIS_URL } },
  { resolve: "@medusajs/medusa/workflow-engine-redis", options: { redis: { redisUrl: REDIS_URL } } },
  {
    resolve: "@medusajs/medusa/locking",
    options: {
      providers: [
        { resolve: "@medusajs/medusa/locking-redis", id: "locking-redis", is_default: true, options: { redisUrl: REDIS_URL } },
      ],
    },
  },
]

export default defineConfig({
  projectConfig: {
    databaseUrl: DATABASE_URL,
    databaseDriverOptions: {
      connection: { ssl: false },
      pool: { min: 0, max: Number(DATABASE_POOL_MAX ?? 10) },
    },
    redisUrl: REDIS_URL,
    workerMode: (WORKER_MODE ?? "shared") as "shared" | "server" | "worker",
    cookieOptions: { secure: COOKIES_SECURE !== "false", sameSite: "lax" },
    http: {
      storeCors: sameOriginOnly,
      adminCors: sameOriginOnly,
      authCors: sameOriginOnly,
      jwtSecret: process.env.JWT_SECRET,
      cookieSecret: process.env.COOKIE_SECRET,
    },
  },
  // For the build alone: the bundler's own thousand files at once are more than a build container may have open.
  admin: { backendUrl: "/", path: "/app", vite: () => ({ build: { rollupOptions: { maxParallelFileOps: 64 } } }) },
  modules: [
    {
      resolve: "@medusajs/medusa/file",
      options: { providers: [{ resolve: "./src/modules/database-files", id: "database" }] },
    },
    {
      resolve: "@medusajs/medusa/notification",
      options: {
        providers: [
          // Medusa's own, for notices within the admin.
          { resolve: "@medusajs/medusa/notification-local", id: "local", options: { name: "Admin", channels: ["feed"] } },
          { resolve: "./src/modules/mail", id: "mail", options: { name: "Mail", channels: ["email"] } },
        ],
      },
    },
    ...(REDIS_URL ? redisModules : []),
  ],
})
