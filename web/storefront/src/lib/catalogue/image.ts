/**
 * The path under which a browser may load an image from the shop's own host, or null if the image is elsewhere: the
 * shop makes no requests to other hosts. Files that the backend keeps are served by it under /static of the same
 * host.
 */
export function imagePath(url: string | null | undefined, backendUrl: string): string | null {
  if (!url) return null;
  if (url.startsWith("/") && !url.startsWith("//")) return url;
  if (!URL.canParse(url)) return null;
  const { host, hostname, pathname, search } = new URL(url);
  const ours = host === new URL(backendUrl).host || hostname === "localhost";
  return ours && pathname.startsWith("/static/") ? pathname + search : null;
}
