import "server-only";
import { cookies, headers } from "next/headers";
import { isId } from "@/lib/backend/ids";

// The browser keeps two things, both out of reach of scripts: which cart is its own, and which orders it placed.

const days = 24 * 60 * 60;

async function isHttps(): Promise<boolean> {
  return (await headers()).get("x-forwarded-proto")?.split(",")[0]?.trim() === "https";
}

// Over HTTPS the __Host- prefix keeps another shop under the same parent domain from planting a cart here.
const nameOf = (name: string, https: boolean) => (https ? `__Host-${name}` : name);

async function readCookie(name: string): Promise<string | undefined> {
  return (await cookies()).get(nameOf(name, await isHttps()))?.value;
}

async function writeCookie(name: string, value: string, maxAge: number): Promise<void> {
  const https = await isHttps();
  (await cookies()).set(nameOf(name, https), value, {
    httpOnly: true,
    sameSite: "lax",
    secure: https,
    path: "/",
    maxAge,
  });
}

export const cartCookie = {
  async read(): Promise<string | null> {
    const value = await readCookie("cart");
    return isId("cart", value) ? value : null;
  },
  write: (id: string) => writeCookie("cart", id, 30 * days),
  clear: () => writeCookie("cart", "", 0),
};

const keptOrders = 10;

/** An order shows name and address, so its page opens only in the browser that placed it. */
export const orderCookie = {
  async read(): Promise<string[]> {
    return ((await readCookie("orders")) ?? "").split(".").filter((id) => isId("order", id));
  },
  async add(id: string): Promise<void> {
    const others = (await orderCookie.read()).filter((other) => other !== id);
    await writeCookie("orders", [id, ...others].slice(0, keptOrders).join("."), 30 * days);
  },
};
