import { pageLinks, type Page } from "@/lib/catalogue/pages";
import { text } from "@/lib/messages";
import { getShop } from "@/lib/shop";
import { Link } from "./Link";

export function Pagination({ page, href }: { page: Page; href: (page: number) => string }) {
  const { messages } = getShop();
  if (page.count < 2) return null;
  return (
    <nav aria-label={messages.pagination} className="pagination">
      {page.number > 1 && (
        <Link href={href(page.number - 1)} rel="prev" className="button">
          {messages.previous}
        </Link>
      )}
      <ul>
        {pageLinks(page).map((number, index) => (
          <li key={number ?? `gap-${index}`}>
            {number === null ? (
              <span aria-hidden="true">…</span>
            ) : (
              <Link
                href={href(number)}
                aria-label={text(messages.page, { page: number })}
                aria-current={number === page.number ? "page" : undefined}
              >
                {number}
              </Link>
            )}
          </li>
        ))}
      </ul>
      {page.number < page.count && (
        <Link href={href(page.number + 1)} rel="next" className="button">
          {messages.next}
        </Link>
      )}
    </nav>
  );
}
