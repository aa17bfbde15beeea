import type { Metadata } from "next";
import { addToCart } from "@/actions/cart";
import { AddToCart, type VariantChoice } from "@/components/AddToCart";
import { Breadcrumb } from "@/components/Breadcrumb";
import { Gallery } from "@/components/Gallery";
import { page } from "@/components/page";
import { Price } from "@/components/Price";
import { BackendError } from "@/lib/backend/errors";
import { getProduct } from "@/lib/backend/products";
import type { Stock, Variant } from "@/lib/catalogue/product";
import { readHandle } from "@/lib/catalogue/query";
import { getShop } from "@/lib/shop";

interface Props {
  params: Promise<{ handle: string }>;
}

async function productOf({ params }: Props) {
  const handle = readHandle((await params).handle);
  if (handle === null) throw new BackendError("not_found", "no product can have this handle");
  return getProduct(handle);
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const product = await productOf(props).catch(() => null);
  if (!product) return {};
  const description = product.description?.slice(0, 160);
  return { title: product.title, ...(description && { description }) };
}

function stockText(stock: Stock): string {
  const { messages, count } = getShop();
  switch (stock.state) {
    case "in_stock":
      return messages.inStock;
    case "few":
      return count(messages.fewLeft, stock.left);
    case "backorder":
      return messages.backorder;
    case "sold_out":
      return messages.soldOut;
  }
}

function toChoice(variant: Variant): VariantChoice {
  const { messages } = getShop();
  return {
    ...variant,
    priceLabel: variant.price ? <Price price={variant.price} /> : messages.unavailable,
    stockLabel: stockText(variant.stock),
  };
}

export default page(async (props: Props) => {
  const { messages } = getShop();
  const product = await productOf(props);
  const taxIncluded = product.price?.taxIncluded ?? false;
  return (
    <>
      <Breadcrumb crumbs={[{ label: messages.allProducts, href: "/products" }]} current={product.title} />
      <article className="product">
        <Gallery title={product.title} images={product.images} />
        <div className="product__info">
          <h1>{product.title}</h1>
          {product.subtitle && <p className="product__subtitle">{product.subtitle}</p>}
          <AddToCart
            action={addToCart}
            handle={product.handle}
            options={product.options}
            variants={product.variants.map(toChoice)}
            note={taxIncluded ? messages.priceTaxIncluded : messages.priceTaxExcluded}
            messages={{
              addToCart: messages.addToCart,
              adding: messages.adding,
              quantity: messages.quantity,
              soldOut: messages.soldOut,
              unavailable: messages.unavailable,
              unavailableChoice: messages.unavailableChoice,
              viewCart: messages.viewCart,
            }}
          />
          {product.description && (
            <section aria-labelledby="description" className="product__description">
              <h2 id="description">{messages.description}</h2>
              <p>{product.description}</p>
            </section>
          )}
        </div>
      </article>
    </>
  );
});
