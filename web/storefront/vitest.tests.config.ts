import { defineConfig } from "vitest/config";

// The tests of the whole: each says at its top what it needs to run. What they share of the machine allows one file at a time.
export default defineConfig({
  test: {
    include: ["tests/**/*.spec.ts"],
    environment: "node",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
