"use client";

import { failureText } from "@/lib/messages/failure";

/** After a defect in a page. Loads the page again: what failed on the server is tried again there. */
export function Failure({ language }: { language: string }) {
  const { title, hint, retry } = failureText(language);
  return (
    <section className="message" role="alert">
      <h1>{title}</h1>
      <p>{hint}</p>
      <p className="message__actions">
        <button type="button" className="button button--primary" onClick={() => window.location.reload()}>
          {retry}
        </button>
      </p>
    </section>
  );
}
