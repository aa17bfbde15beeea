import path from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  // react-server: the condition under which the `server-only` guard is an empty module.
  resolve: { alias: { "@": path.resolve(import.meta.dirname, "src") }, conditions: ["react-server", "node"] },
  ssr: { resolve: { conditions: ["react-server", "node"] } },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
