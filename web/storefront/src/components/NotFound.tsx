import { getShop } from "@/lib/shop";
import { Link } from "./Link";
import { Message } from "./Message";

export function NotFound() {
  const { messages } = getShop();
  return (
    <Message title={messages.notFoundTitle} hint={messages.notFoundHint}>
      <Link href="/products" className="button button--primary">
        {messages.showAll}
      </Link>{" "}
      <Link href="/" className="button">
        {messages.toHome}
      </Link>
    </Message>
  );
}
