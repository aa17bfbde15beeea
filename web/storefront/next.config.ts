import path from "node:path";
import type { NextConfig } from "next";

// What every response carries, static files included. The content security policy is per request: see src/proxy.ts.
const securityHeaders = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "Referrer-Policy", value: "strict-origin-when-cross-origin" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Permissions-Policy", value: "camera=(), geolocation=(), microphone=(), payment=(), usb=()" },
];

const root = path.resolve(import.meta.dirname);

const config: NextConfig = {
  output: "standalone",
  outputFileTracingRoot: root,
  turbopack: { root },
  // Images are shown as the backend stores them, so the image optimiser and its native library stay out.
  images: { unoptimized: true },
  outputFileTracingExcludes: { "*": ["node_modules/@img/**", "node_modules/sharp/**"] },
  poweredByHeader: false,
  reactStrictMode: true,
  // Metadata in <head> for every client: without JavaScript, a streamed <title> would never get there.
  htmlLimitedBots: /.*/,
  experimental: {
    // The root file system is read-only; every page is rendered per request, so nothing is worth keeping on disk.
    isrFlushToDisk: false,
    serverActions: { bodySizeLimit: "64kb" },
  },
  headers: async () => [{ source: "/:path*", headers: securityHeaders }],
};

export default config;
