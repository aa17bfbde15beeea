import { getCart } from "@/lib/backend/carts";
import { getCategories } from "@/lib/backend/categories";
import { countOf } from "@/lib/cart/cart";
import { topLevel } from "@/lib/catalogue/categories";
import { getShop } from "@/lib/shop";
import { Icon } from "./Icon";
import { Link } from "./Link";

const shownCategories = 6;

function SearchForm() {
  const { messages } = getShop();
  return (
    <search className="header__search">
      <form action="/products">
        <label htmlFor="search" className="visually-hidden">
          {messages.searchProducts}
        </label>
        <input
          id="search"
          type="search"
          name="q"
          placeholder={messages.searchProducts}
          maxLength={100}
          autoComplete="off"
        />
        <button type="submit" aria-label={messages.search}>
          <Icon name="search" />
        </button>
      </form>
    </search>
  );
}

function CartLink({ count }: { count: number }) {
  const { messages, count: counted } = getShop();
  return (
    <Link href="/cart" className="header__cart" aria-label={counted(messages.cartCount, count)}>
      <Icon name="bag" />
      <span className="header__cart-label">{messages.cart}</span>
      {count > 0 && <span className="header__count">{count}</span>}
    </Link>
  );
}

export async function Header() {
  const { name, messages } = getShop();
  // The page below says what is wrong when the backend does not answer: the header then only has less in it.
  const [cart, categories] = await Promise.all([getCart().catch(() => null), getCategories().catch(() => [])]);
  return (
    <header className="header">
      <div className="header__row container">
        <Link href="/" className="header__name">
          {name}
        </Link>
        <SearchForm />
        <CartLink count={countOf(cart?.lines ?? [])} />
      </div>
      <nav aria-label={messages.mainNavigation} className="header__nav">
        <ul className="container">
          <li>
            <Link href="/products">{messages.allProducts}</Link>
          </li>
          {topLevel(categories)
            .slice(0, shownCategories)
            .map((category) => (
              <li key={category.id}>
                <Link href={`/products?category=${encodeURIComponent(category.handle)}`}>{category.name}</Link>
              </li>
            ))}
        </ul>
      </nav>
    </header>
  );
}
