/** Medusa's ids: a prefix and a ULID. What comes from a browser goes into a backend path only if it is one. */
export function isId(prefix: "cart" | "order" | "cali" | "variant" | "so", value: unknown): value is string {
  return typeof value === "string" && new RegExp(`^${prefix}_[0-9A-Za-z]{10,40}$`).test(value);
}
