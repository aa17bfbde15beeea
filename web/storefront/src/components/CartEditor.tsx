"use client";

import { useActionState, useEffect, useRef, type ReactNode } from "react";
import { untried, type ActionState } from "@/actions/state";
import { Announcement } from "./Announcement";
import { CartLine, type EditableLine } from "./CartLine";

interface Props {
  action: (previous: ActionState, form: FormData) => Promise<ActionState>;
  lines: EditableLine[];
  messages: { update: string; remove: string };
  /** Shown in place of the lines when there are none. */
  empty: ReactNode;
}

/** The lines of the cart. What came of a change is announced above them, also when the last line is gone. */
export function CartEditor({ action, lines, messages, empty }: Props) {
  const [state, submit, pending] = useActionState(action, untried);
  const outcome = useRef<HTMLDivElement>(null);
  const count = useRef(lines.length);
  useEffect(() => {
    // The button that removed a line went with it: the focus goes to what is said about it.
    if (lines.length < count.current) outcome.current?.focus();
    count.current = lines.length;
  }, [lines.length]);
  return (
    <div className="cart-editor" aria-busy={pending}>
      <div ref={outcome} tabIndex={-1}>
        <Announcement state={state} />
      </div>
      {lines.length === 0 ? (
        empty
      ) : (
        <ul className="lines lines--cart">
          {lines.map((line) => (
            <CartLine key={line.id} line={line} action={submit} messages={messages} />
          ))}
        </ul>
      )}
    </div>
  );
}
