"use client";

import { Failure } from "@/components/Failure";
import "@/styles/index.css";

/** In place of the whole document when even its frame failed: then nothing says what language the store has. */
export default function GlobalError() {
  return (
    <html lang="en">
      <body>
        <main className="container">
          <Failure language="en" />
        </main>
      </body>
    </html>
  );
}
