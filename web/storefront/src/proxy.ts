import { NextResponse, type NextRequest } from "next/server";

function contentSecurityPolicy(nonce: string): string {
  const scripts = process.env.NODE_ENV === "production" ? "" : " 'unsafe-eval'";
  const styles = process.env.NODE_ENV === "production" ? "" : " 'unsafe-inline'";
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${scripts}`,
    `style-src 'self'${styles}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
  ].join("; ");
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

/** Gives each page its content security policy. Next reads the nonce from the request and puts it on its scripts. */
export function proxy(request: NextRequest): NextResponse {
  // Next would answer such an address with a bare 500.
  if (!isDecodable(request.nextUrl.pathname)) return new NextResponse("Bad Request\n", { status: 400 });
  const policy = contentSecurityPolicy(crypto.randomUUID().replaceAll("-", ""));
  const headers = new Headers(request.headers);
  headers.set("Content-Security-Policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("Content-Security-Policy", policy);
  return response;
}

export const config = { matcher: ["/((?!_next/|healthz$|icon\\.svg$|robots\\.txt$).*)"] };
