import type { ReactNode } from "react";

/** A page, or the place of its contents, that has only something to say: nothing here, not found, not available. */
export function Message({ title, hint, children }: { title: string; hint: string; children?: ReactNode }) {
  return (
    <section className="message">
      <h1>{title}</h1>
      <p>{hint}</p>
      {children && <p className="message__actions">{children}</p>}
    </section>
  );
}
