import type { StoreIdentity } from "../platform/settings"
import { fill, mailTextsIn } from "./texts"

export interface Message {
  subject: string
  text: string
  html: string
}

export interface Order {
  display_id: number
  currency_code: string
  shipping_total: number
  tax_total: number
  total: number
  items: { product_title?: string; title: string; variant_title?: string; quantity: number; total: number }[]
  shipping_address?: Record<string, string | null>
}

/** What a mail is made of: each is written as plain text and as HTML. */
type Part = { paragraph: string } | { rows: [string, string][] } | { lines: string[] } | { link: string }

export function orderPlaced(order: Order, { displayName, language, country }: StoreIdentity): Message {
  const texts = mailTextsIn(language)
  const format = new Intl.NumberFormat(`${language}-${country.toUpperCase()}`, { style: "currency", currency: order.currency_code })
  const money = (amount: number) => format.format(Number(amount))
  const items = order.items.map((item): [string, string] => [
    fill(texts.quantityAndItem, { quantity: item.quantity, item: nameOf(item) }),
    money(item.total),
  ])
  const sums: [string, string][] = [
    [texts.shipping, money(order.shipping_total)],
    ...(Number(order.tax_total) > 0 ? [[texts.taxes, money(order.tax_total)] as [string, string]] : []),
    [texts.total, money(order.total)],
  ]
  const address = addressLines(order.shipping_address ?? {})
  return compose(fill(texts.orderSubject, { number: order.display_id, shop: displayName }), displayName, [
    { paragraph: texts.orderIntro },
    { rows: [...items, ...sums] },
    ...(address.length > 0 ? [{ paragraph: `${texts.deliveredTo}:` }, { lines: address }] : []),
  ])
}

export function passwordReset(link: string, { displayName, language }: StoreIdentity): Message {
  const texts = mailTextsIn(language)
  const parts = [{ paragraph: texts.resetIntro }, { link }, { paragraph: texts.resetOutro }]
  return compose(fill(texts.resetSubject, { shop: displayName }), displayName, parts)
}

/** A product without choices has one variant, whose name says nothing. */
function nameOf({ product_title, title, variant_title }: Order["items"][number]): string {
  const name = product_title ?? title
  return variant_title && variant_title !== name ? `${name} (${variant_title})` : name
}

function addressLines(a: Record<string, string | null>): string[] {
  const joined = (...parts: (string | null | undefined)[]) => parts.filter(Boolean).join(" ")
  const lines = [joined(a.first_name, a.last_name), a.company, a.address_1, a.address_2, joined(a.postal_code, a.city), a.province]
  return [...lines, a.country_code?.toUpperCase()].filter((line): line is string => Boolean(line))
}

function compose(subject: string, signature: string, parts: Part[]): Message {
  const all = [...parts, { paragraph: signature }]
  const html = `<!doctype html><html><body style="font-family:sans-serif">${all.map(asHtml).join("")}</body></html>`
  return { subject, text: all.map(asText).join("\n\n") + "\n", html }
}

function asText(part: Part): string {
  if ("paragraph" in part) return part.paragraph
  if ("link" in part) return part.link
  if ("lines" in part) return part.lines.join("\n")
  return part.rows.map(([left, right]) => `${left}: ${right}`).join("\n")
}

function asHtml(part: Part): string {
  if ("paragraph" in part) return `<p>${escapeHtml(part.paragraph)}</p>`
  if ("link" in part) return `<p><a href="${escapeHtml(part.link)}">${escapeHtml(part.link)}</a></p>`
  if ("lines" in part) return `<p>${part.lines.map(escapeHtml).join("<br>")}</p>`
  const cells = ([left, right]: [string, string]) =>
    `<tr><td>${escapeHtml(left)}</td><td style="text-align:right;padding-left:2em">${escapeHtml(right)}</td></tr>`
  return `<table>${part.rows.map(cells).join("")}</table>`
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" }

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character])
}
