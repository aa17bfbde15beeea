import { getShop } from "@/lib/shop";
import { Message } from "./Message";

/**
 * In place of a page whose data the backend did not give. The link loads the same address again, with or without
 * script.
 */
export function Unavailable() {
  const { messages } = getShop();
  return (
    <Message title={messages.downTitle} hint={messages.downHint}>
      <a href="" className="button button--primary">
        {messages.tryAgain}
      </a>
    </Message>
  );
}
