// The shop as a customer uses it, in a real browser against a real backend. STOREFRONT_URL names a running English
// shop of the United States with at least one product in stock. Nothing is simulated: each run places orders there.
// CHROMIUM names the browser, by default /usr/bin/chromium.

import type { BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterEach, describe, expect, test } from "vitest";
import { accessibilityProblems } from "./accessibility";
import { openBrowser } from "./browser";

const shop = process.env["STOREFRONT_URL"]?.replace(/\/$/, "");
if (!shop)
  throw new Error("STOREFRONT_URL is not set: set it to the address of a running shop, such as http://127.0.0.1:8000");

let close: (() => Promise<void>) | undefined;
afterEach(async () => {
  await close?.();
  close = undefined;
});

interface Visit {
  context: BrowserContext;
  page: Page;
  /** What the browser asked of other hosts, and what its console reported: both have to stay empty. */
  complaints: string[];
}

async function visit(options: BrowserContextOptions = {}): Promise<Visit> {
  const browser = await openBrowser(options);
  close = browser.close;
  const page = await browser.context.newPage();
  const complaints: string[] = [];
  const origin = new URL(shop!).origin;
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && url.origin !== origin) complaints.push(`request to ${url.origin}`);
  });
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  return { context: browser.context, page, complaints };
}

const money = (text: string | null) => Number((text ?? "").replace(/[^\d.]/g, ""));

async function openProductInStock(page: Page): Promise<void> {
  await page.goto(`${shop}/products`);
  const product = page
    .getByRole("main")
    .getByRole("listitem")
    .filter({ hasText: "$" })
    .filter({ hasNotText: "Sold out" })
    .first();
  await product.getByRole("link").click();
  await page.getByRole("button", { name: "Add to cart" }).waitFor();
}

async function addToCart(page: Page): Promise<void> {
  await openProductInStock(page);
  await page.getByRole("button", { name: "Add to cart" }).click();
  await page.getByText("is in your cart.").waitFor();
}

async function fillAddress(page: Page): Promise<void> {
  await page.getByLabel("Email").fill("ada@example.com");
  const address = page.getByRole("region", { name: "Shipping address" });
  await address.getByLabel("First name").fill("Ada");
  await address.getByLabel("Last name").fill("Byron");
  await address.getByLabel("Street and house number").fill("1 Market Street");
  await address.getByLabel("City").fill("San Francisco");
  await address.getByLabel("State").selectOption({ label: "California" });
  await address.getByLabel("ZIP code").fill("94105");
}

async function goToPayment(page: Page): Promise<void> {
  await page.goto(`${shop}/cart`);
  await page.getByRole("link", { name: "Go to checkout" }).click();
  await page.getByRole("heading", { name: "Shipping address" }).waitFor();
  await fillAddress(page);
  await page.getByRole("button", { name: "Continue to delivery" }).click();
  await page.getByRole("group", { name: "Delivery method" }).waitFor();
  await page.getByRole("button", { name: "Continue to payment" }).click();
  await page.getByRole("group", { name: "Payment" }).waitFor();
}

async function placeOrder(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Place order" }).click();
  await page.getByRole("heading", { name: "Thank you for your order" }).waitFor();
  return (await page.getByTestId("order-number").textContent()) ?? "";
}

async function checkOut(page: Page): Promise<string> {
  await goToPayment(page);
  return placeOrder(page);
}

describe.each([
  ["with script", {}],
  ["without script", { javaScriptEnabled: false }],
  ["on a phone", { viewport: { width: 390, height: 844 }, hasTouch: true }],
] as [string, BrowserContextOptions][])("an order, %s", (_, options) => {
  test("from the catalogue to the confirmation", async () => {
    const { page, complaints } = await visit(options);
    await addToCart(page);
    const number = await checkOut(page);
    expect(number).toMatch(/^\d+$/);
    const total = page
      .getByRole("region", { name: "Items" })
      .locator("dt", { hasText: /^Total$/ })
      .locator("xpath=../dd");
    expect(money(await total.textContent())).toBeGreaterThan(0);
    await expect.poll(() => page.getByRole("link", { name: "Cart, 0 items" }).count()).toBe(1);
    expect(complaints).toEqual([]);
  });
});

test("the confirmation opens only in the browser that placed the order", async () => {
  const { page } = await visit();
  await addToCart(page);
  await checkOut(page);
  const response = await fetch(page.url());
  expect(response.status).toBe(404);
  expect(await response.text()).not.toContain("Ada");
});

test("a cart that was sent twice is one order", async () => {
  const { page, context } = await visit();
  await addToCart(page);
  await goToPayment(page);
  const other = await context.newPage();
  await other.goto(page.url());
  const carts = (await context.cookies()).filter(({ name }) => name.endsWith("cart"));
  const number = await placeOrder(page);
  // As if the answer to the first attempt, which takes the cart away, had been lost.
  await context.addCookies(carts);
  expect(await placeOrder(other)).toBe(number);
});

describe("the cart", () => {
  test("quantities change by button and by typing, a line is removed, and each change is announced", async () => {
    const { page, complaints } = await visit();
    await addToCart(page);
    await page.getByRole("link", { name: "Cart, 1 item" }).click();
    await page.getByRole("button", { name: /^One more of/ }).click();
    await page.getByRole("status").getByText("quantity 2").waitFor();
    await page.getByRole("link", { name: "Cart, 2 items" }).waitFor();
    await page.getByLabel(/^Quantity of/).fill("3");
    await page.getByLabel(/^Quantity of/).press("Enter");
    await page.getByRole("status").getByText("quantity 3").waitFor();
    await page.getByRole("button", { name: /^Remove/ }).click();
    await page.getByRole("status").getByText("was removed from your cart").waitFor();
    await page.getByRole("heading", { name: "Your cart is empty" }).waitFor();
    expect(complaints).toEqual([]);
  });

  test("the browser's script cannot read it", async () => {
    const { page, context } = await visit();
    await addToCart(page);
    const cookie = (await context.cookies()).find(({ name }) => name.endsWith("cart"));
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax" });
    expect(await page.evaluate(() => document.cookie)).toBe("");
  });

  test("a quantity beyond what the field allows is refused by the server too", async () => {
    const { page } = await visit();
    await addToCart(page);
    await page.goto(`${shop}/cart`);
    await page.getByLabel(/^Quantity of/).evaluate((input: HTMLInputElement) => input.removeAttribute("max"));
    await page.getByLabel(/^Quantity of/).fill("500");
    await page.getByLabel(/^Quantity of/).press("Enter");
    await page.getByRole("alert").getByText("whole number from 1 to 99").waitFor();
  });
});

describe("the checkout", () => {
  test("says at the field what is wrong, and keeps what was entered", async () => {
    const { page } = await visit();
    await addToCart(page);
    await page.goto(`${shop}/checkout`);
    await fillAddress(page);
    await page.getByLabel("ZIP code").first().fill("123");
    await page.getByRole("button", { name: "Continue to delivery" }).click();
    await page.getByText("Please use the form 94103").waitFor();
    const field = page.getByLabel("ZIP code").first();
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    expect(await field.evaluate((input) => input === document.activeElement)).toBe(true);
    expect(await page.getByLabel("City").first().inputValue()).toBe("San Francisco");
    expect(await page.getByLabel("State").first().inputValue()).toBe("us-ca");
  });

  test("leads who comes too early to the step that is next", async () => {
    const { page } = await visit();
    await page.goto(`${shop}/checkout/payment`);
    expect(new URL(page.url()).pathname).toBe("/cart");
    await addToCart(page);
    await page.goto(`${shop}/checkout/payment`);
    expect(new URL(page.url()).pathname).toBe("/checkout");
  });
});

describe("finding things", () => {
  test("search finds a product by its name, and says so when there is none", async () => {
    const { page } = await visit();
    await page.goto(`${shop}/products`);
    const title = (await page.getByRole("main").locator(".card__title").first().textContent()) ?? "";
    await page.getByRole("searchbox", { name: "Search products" }).fill(title);
    await page.getByRole("searchbox", { name: "Search products" }).press("Enter");
    await page.getByRole("heading", { name: `Results for “${title}”` }).waitFor();
    expect(await page.getByRole("main").locator(".card__title").allTextContents()).toContain(title);
    await page.goto(`${shop}/products?q=zzzznothing`);
    await page.getByRole("heading", { name: "Nothing found" }).waitFor();
  });

  test.each([
    "/products/no-such-product",
    "/no-such-page",
    "/products?category=no-such-category",
    "/products?page=9999",
  ])("%s is a whole page with status 404", async (path) => {
    const response = await fetch(shop + path);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain("Page not found</h1>");
  });
});

describe("by keyboard", () => {
  test("the first key leads past the header, and focus can be seen", async () => {
    const { page } = await visit();
    await page.goto(shop);
    await page.keyboard.press("Tab");
    const skip = page.getByRole("link", { name: "Skip to content" });
    expect(await skip.evaluate((link) => link === document.activeElement)).toBe(true);
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("content");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle)).toBe("solid");
  });

  test("an option is chosen and the product is bought", async () => {
    const { page } = await visit();
    await openProductInStock(page);
    await page.getByLabel("Quantity").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("status").getByText("is in your cart.").waitFor();
  });
});

describe("accessibility", () => {
  test.each([
    ["a wide window", { viewport: { width: 1280, height: 800 } }],
    ["a phone", { viewport: { width: 390, height: 844 } }],
  ])("no page breaks WCAG AA or scrolls sideways in %s", async (_, options) => {
    const { page } = await visit(options);
    const check = async (what: string) => {
      expect(await accessibilityProblems(page), what).toEqual([]);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, what).toBe(0);
    };
    await page.goto(shop!);
    await check("home");
    await page.goto(`${shop}/products`);
    await check("catalogue");
    await page.goto(`${shop}/products?q=zzzznothing`);
    await check("nothing found");
    await page.goto(`${shop}/no-such-page`);
    await check("not found");
    await page.goto(`${shop}/cart`);
    await check("empty cart");
    await addToCart(page);
    await check("product");
    await page.goto(`${shop}/cart`);
    await check("cart");
    await page.goto(`${shop}/checkout`);
    await page.getByLabel("The billing address is the same").uncheck();
    await fillAddress(page);
    await page.getByRole("button", { name: "Continue to delivery" }).click();
    await page.getByRole("alert").getByText("Please check your entries").waitFor();
    await check("address, with problems");
    await page.getByLabel("The billing address is the same").check();
    await page.getByRole("button", { name: "Continue to delivery" }).click();
    await page.getByRole("group", { name: "Delivery method" }).waitFor();
    await check("delivery");
    await page.getByRole("button", { name: "Continue to payment" }).click();
    await page.getByRole("group", { name: "Payment" }).waitFor();
    await check("payment");
    await page.getByRole("button", { name: "Place order" }).click();
    await page.getByRole("heading", { name: "Thank you for your order" }).waitFor();
    await check("confirmation");
  });
});

test("responses carry the security headers", async () => {
  const { headers } = await fetch(shop!);
  const policy = headers.get("content-security-policy") ?? "";
  for (const part of ["default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"])
    expect(policy).toContain(part);
  expect(policy).not.toContain("unsafe-");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("referrer-policy")).toBe("strict-origin-when-cross-origin");
});
