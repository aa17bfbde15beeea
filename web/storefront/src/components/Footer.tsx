import { getShop } from "@/lib/shop";
import { Link } from "./Link";

export function Footer() {
  const { name, messages } = getShop();
  return (
    <footer className="footer">
      <div className="container">
        <p className="footer__name">{name}</p>
        <ul>
          <li>
            <Link href="/">{messages.home}</Link>
          </li>
          <li>
            <Link href="/products">{messages.allProducts}</Link>
          </li>
          <li>
            <Link href="/cart">{messages.cart}</Link>
          </li>
        </ul>
      </div>
    </footer>
  );
}
