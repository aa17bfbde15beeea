// The built server by itself: what it does while its backend is away. Needs `npm run build` before; needs no Medusa.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";

const standalone = path.resolve(import.meta.dirname, "../.next/standalone");
if (!existsSync(path.join(standalone, "server.js"))) throw new Error("the server is not built: run `npm run build`");

let folder: string;
let running: ChildProcess[] = [];
let servers: Server[] = [];
let sockets: Socket[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "storefront-server-"));
  writeFileSync(path.join(folder, "key"), "pk_0123456789\n");
  nameStore("Schuhe & Söhne");
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
  for (const child of running.filter(({ exitCode }) => exitCode === null)) {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  running = [];
  servers = [];
  sockets = [];
  rmSync(folder, { recursive: true, force: true });
});

async function listen(onConnection: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    onConnection(socket);
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as { port: number }).port;
}

async function freePort(): Promise<number> {
  const port = await listen(() => undefined);
  const server = servers.pop()!;
  server.close();
  await once(server, "close");
  return port;
}

function nameStore(displayName: string): void {
  const store = { displayName, country: "DE", currency: "EUR", language: "de" };
  writeFileSync(path.join(folder, "store.json"), JSON.stringify(store));
}

function run(env: Record<string, string>): { child: ChildProcess; output: () => string } {
  const settings = {
    PUBLISHABLE_KEY_FILE: path.join(folder, "key"),
    STORE_FILE: path.join(folder, "store.json"),
    HOSTNAME: "127.0.0.1",
    NODE_ENV: "production",
  };
  const child = spawn(process.execPath, ["server.js"], { cwd: standalone, env: { ...settings, ...env } as never });
  running.push(child);
  let output = "";
  child.stdout?.on("data", (data) => (output += data));
  child.stderr?.on("data", (data) => (output += data));
  return { child, output: () => output };
}

async function start(backendUrl: string): Promise<{ url: string; child: ChildProcess; output: () => string }> {
  const port = await freePort();
  const { child, output } = run({ BACKEND_URL: backendUrl, PORT: String(port) });
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + 15_000;
  for (;;) {
    const healthy = await fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (healthy) return { url, child, output };
    if (Date.now() > deadline || child.exitCode !== null) throw new Error(`the server did not start: ${output()}`);
    await sleep(50);
  }
}

test("a backend that refuses connections makes a whole page with status 503 in the store's language", async () => {
  const { url, output } = await start(`http://127.0.0.1:${await freePort()}`);
  for (const address of ["/", "/products", "/products/mug"]) {
    const response = await fetch(url + address);
    expect(response.status, address).toBe(503);
    expect(response.headers.get("retry-after")).toBe("10");
    const page = await response.text();
    expect(page).toContain('<html lang="de">');
    expect(page).toContain("Der Shop ist gerade nicht erreichbar</h1>");
    expect(page).toContain("Noch einmal versuchen");
  }
  expect(output()).toContain("backend: GET /store/regions");
});

test("a backend that never answers is given up on in time", async () => {
  const { url } = await start(`http://127.0.0.1:${await listen(() => undefined)}`);
  const began = Date.now();
  const response = await fetch(url);
  expect(response.status).toBe(503);
  expect(Date.now() - began).toBeLessThan(9_000);
});

test("neither the key nor the backend's address reaches the browser", async () => {
  const port = await freePort();
  const { url } = await start(`http://127.0.0.1:${port}`);
  const page = await (await fetch(url)).text();
  expect(page).not.toContain("pk_");
  expect(page).not.toContain(`:${port}`);
});

test("another name is on the next page, without a restart", async () => {
  const { url } = await start(`http://127.0.0.1:${await freePort()}`);
  expect(await (await fetch(url)).text()).toContain("Schuhe &amp; Söhne");
  nameStore("Stiefel");
  const page = await (await fetch(url)).text();
  nameStore("Schuhe & Söhne");
  expect(page).toContain("Stiefel");
  expect(page).not.toContain("Schuhe");
});

test("an unknown address is 404 even then, and the server still counts as healthy", async () => {
  const { url } = await start(`http://127.0.0.1:${await freePort()}`);
  expect((await fetch(`${url}/no-such-page`)).status).toBe(404);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});

test("a missing setting ends the server, with the setting's name", async () => {
  const { child, output } = run({ PORT: String(await freePort()), BACKEND_URL: "backend" });
  const [code] = await once(child, "exit");
  expect(code).toBe(1);
  expect(output()).toContain("BACKEND_URL is 'backend': set it to the URL of the Medusa backend");
});

test("SIGTERM ends the server in order", async () => {
  const { child } = await start(`http://127.0.0.1:${await freePort()}`);
  child.kill("SIGTERM");
  const [code, signal] = await once(child, "exit");
  expect([code, signal]).toEqual([143, null]);
});
