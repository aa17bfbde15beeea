import type { ProductSummary } from "@/lib/catalogue/product";
import { getShop } from "@/lib/shop";
import { Link } from "./Link";
import { Price } from "./Price";
import { ProductImage } from "./ProductImage";

function ProductCard({ product, eager }: { product: ProductSummary; eager: boolean }) {
  const { messages } = getShop();
  const badge = product.soldOut ? messages.soldOut : product.price?.original ? messages.sale : null;
  return (
    <li className="card">
      <Link href={`/products/${encodeURIComponent(product.handle)}`} className="card__link">
        <ProductImage src={product.image} title={product.title} eager={eager} />
        {badge && <span className={product.soldOut ? "badge badge--quiet" : "badge"}>{badge}</span>}
        <span className="card__title">{product.title}</span>
        {product.price ? <Price price={product.price} /> : <span className="price">{messages.unavailable}</span>}
      </Link>
    </li>
  );
}

export function ProductGrid({ products }: { products: ProductSummary[] }) {
  return (
    <ul className="grid">
      {products.map((product, index) => (
        <ProductCard key={product.handle} product={product} eager={index < 4} />
      ))}
    </ul>
  );
}
