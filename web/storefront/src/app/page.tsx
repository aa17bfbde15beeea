import { Link } from "@/components/Link";
import { Message } from "@/components/Message";
import { page } from "@/components/page";
import { ProductGrid } from "@/components/ProductGrid";
import { getCategories } from "@/lib/backend/categories";
import { listProducts } from "@/lib/backend/products";
import { topLevel, type Category } from "@/lib/catalogue/categories";
import { text } from "@/lib/messages";
import { getShop } from "@/lib/shop";

const newProducts = 8;

function Hero() {
  const { name, messages } = getShop();
  return (
    <section className="hero">
      <h1>{text(messages.homeTitle, { store: name })}</h1>
      <p>{messages.homeLead}</p>
      <Link href="/products" className="button button--primary">
        {messages.shopNow}
      </Link>
    </section>
  );
}

function CategoryTiles({ categories }: { categories: Category[] }) {
  const { messages } = getShop();
  if (categories.length === 0) return null;
  return (
    <section aria-labelledby="by-category" className="section">
      <h2 id="by-category">{messages.shopByCategory}</h2>
      <ul className="tiles">
        {categories.map((category) => (
          <li key={category.id}>
            <Link href={`/products?category=${encodeURIComponent(category.handle)}`} className="tile">
              {category.name}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

export default page(async () => {
  const { messages } = getShop();
  const [{ products }, categories] = await Promise.all([listProducts({ limit: newProducts }), getCategories()]);
  if (products.length === 0) return <Message title={messages.noProducts} hint={messages.noProductsHint} />;
  return (
    <>
      <Hero />
      <section aria-labelledby="new-in" className="section">
        <h2 id="new-in">{messages.newIn}</h2>
        <ProductGrid products={products} />
      </section>
      <CategoryTiles categories={topLevel(categories)} />
    </>
  );
});
