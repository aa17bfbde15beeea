import type { Metadata } from "next";
import { Breadcrumb } from "@/components/Breadcrumb";
import { CatalogueFilters } from "@/components/CatalogueFilters";
import { Link } from "@/components/Link";
import { page } from "@/components/page";
import { Pagination } from "@/components/Pagination";
import { ProductGrid } from "@/components/ProductGrid";
import { getCategories } from "@/lib/backend/categories";
import { BackendError } from "@/lib/backend/errors";
import { listProducts } from "@/lib/backend/products";
import { trail, withDescendants, type Category } from "@/lib/catalogue/categories";
import { catalogueHref, readCatalogueQuery, type CatalogueQuery, type SearchParams } from "@/lib/catalogue/query";
import { text } from "@/lib/messages";
import { getShop } from "@/lib/shop";

const perPage = 12;

interface Props {
  searchParams: Promise<SearchParams>;
}

async function categoryOf(query: CatalogueQuery): Promise<Category | null> {
  if (!query.category) return null;
  const category = (await getCategories()).find(({ handle }) => handle === query.category);
  if (!category) throw new BackendError("not_found", `no category has the handle '${query.category}'`);
  return category;
}

function titleOf(query: CatalogueQuery, category: Category | null): string {
  const { messages } = getShop();
  if (query.search) return text(messages.searchResults, { query: query.search });
  return category?.name ?? messages.allProducts;
}

export async function generateMetadata({ searchParams }: Props): Promise<Metadata> {
  const query = readCatalogueQuery(await searchParams);
  const category = await categoryOf(query).catch(() => null);
  return { title: titleOf(query, category), ...(query.search && { robots: { index: false } }) };
}

function Nothing({ searched }: { searched: boolean }) {
  const { messages } = getShop();
  return (
    <div className="message message--inline">
      <h2>{searched ? messages.noResults : messages.noProducts}</h2>
      <p>{searched ? messages.noResultsHint : messages.noProductsHint}</p>
      {searched && (
        <p className="message__actions">
          <Link href="/products" className="button button--primary">
            {messages.showAll}
          </Link>
        </p>
      )}
    </div>
  );
}

export default page(async ({ searchParams }: Props) => {
  const { messages, count: counted } = getShop();
  const query = readCatalogueQuery(await searchParams);
  const [categories, category] = await Promise.all([getCategories(), categoryOf(query)]);
  const { products, count } = await listProducts({
    limit: perPage,
    offset: (query.page - 1) * perPage,
    sort: query.sort,
    ...(query.search && { search: query.search }),
    ...(category && { categoryIds: withDescendants(categories, category.id) }),
  });
  const pages = { number: query.page, count: Math.max(1, Math.ceil(count / perPage)) };
  if (pages.number > pages.count) throw new BackendError("not_found", `there is no page ${pages.number}`);
  const title = titleOf(query, category);
  const above = category ? trail(categories, category.id).slice(0, -1) : [];
  const crumbs = above.map(({ name, handle }) => ({ label: name, href: catalogueHref({ category: handle }) }));
  const all = { label: messages.allProducts, href: "/products" };
  return (
    <>
      <Breadcrumb crumbs={query.search || category ? [all, ...crumbs] : []} current={title} />
      <div className="page-title">
        <h1>{title}</h1>
        <p className="muted">{counted(messages.productCount, count)}</p>
      </div>
      <CatalogueFilters categories={categories} selected={category} query={query} sortable={count > 1} />
      {products.length > 0 ? <ProductGrid products={products} /> : <Nothing searched={Boolean(query.search)} />}
      <Pagination page={pages} href={(number) => catalogueHref({ ...query, page: number })} />
    </>
  );
});
