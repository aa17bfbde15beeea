import { childrenOf, topLevel, type Category } from "@/lib/catalogue/categories";
import { catalogueHref, type CatalogueQuery } from "@/lib/catalogue/query";
import { getShop } from "@/lib/shop";
import { Link } from "./Link";

interface Choice {
  label: string;
  href: string;
  current: boolean;
}

function Choices({ choices }: { choices: Choice[] }) {
  return (
    <ul className="chips">
      {choices.map(({ label, href, current }) => (
        <li key={href}>
          <Link href={href} className="chip" aria-current={current ? "true" : undefined}>
            {label}
          </Link>
        </li>
      ))}
    </ul>
  );
}

// One level at a time: what lies below the chosen category, or what lies beside it if nothing does.
function nearby(categories: Category[], selected: Category | null): Category[] {
  if (!selected) return topLevel(categories);
  const below = childrenOf(categories, selected.id);
  if (below.length > 0) return below;
  const beside = selected.parentId ? childrenOf(categories, selected.parentId) : [];
  return beside.length > 0 ? beside : topLevel(categories);
}

interface Props {
  categories: Category[];
  selected: Category | null;
  query: CatalogueQuery;
  sortable: boolean;
}

export function CatalogueFilters({ categories, selected, query, sortable }: Props) {
  const { messages } = getShop();
  const view = { ...query, page: 1 };
  const everything = {
    label: messages.allProducts,
    href: catalogueHref({ ...view, category: "" }),
    current: !selected,
  };
  const byCategory = nearby(categories, selected).map(({ id, name, handle }) => ({
    label: name,
    href: catalogueHref({ ...view, category: handle }),
    current: id === selected?.id,
  }));
  const bySort = [
    { label: messages.sortNewest, href: catalogueHref({ ...view, sort: "newest" }), current: query.sort === "newest" },
    { label: messages.sortName, href: catalogueHref({ ...view, sort: "name" }), current: query.sort === "name" },
  ];
  return (
    <div className="filters">
      {byCategory.length > 0 && (
        <nav aria-label={messages.categories}>
          <Choices choices={[everything, ...byCategory]} />
        </nav>
      )}
      {sortable && (
        <nav aria-label={messages.sortBy} className="filters__sort">
          <span aria-hidden="true">{messages.sortBy}</span>
          <Choices choices={bySort} />
        </nav>
      )}
    </div>
  );
}
