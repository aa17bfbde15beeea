import { getShop } from "@/lib/shop";
import { Link } from "./Link";

export interface Crumb {
  label: string;
  href: string;
}

/** The way from the home page down to this page, whose own name comes last. */
export function Breadcrumb({ crumbs, current }: { crumbs: Crumb[]; current: string }) {
  const { messages } = getShop();
  return (
    <nav aria-label={messages.breadcrumb} className="breadcrumb">
      <ol>
        {[{ label: messages.home, href: "/" }, ...crumbs].map(({ label, href }) => (
          <li key={href}>
            <Link href={href}>{label}</Link>
          </li>
        ))}
        <li aria-current="page">{current}</li>
      </ol>
    </nav>
  );
}
