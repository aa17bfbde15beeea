import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { Footer } from "@/components/Footer";
import { Header } from "@/components/Header";
import { getShop } from "@/lib/shop";
import "@/styles/index.css";

// Everything depends on the store, which is known only when the server runs.
export const dynamic = "force-dynamic";

export const viewport: Viewport = { width: "device-width", initialScale: 1, themeColor: "#ffffff" };

export function generateMetadata(): Metadata {
  const { name } = getShop();
  // A store's name may itself hold a %s, which is where Next puts the page's title.
  return {
    title: { default: name, template: `%s · ${name.replaceAll("%s", "")}` },
    formatDetection: { telephone: false },
  };
}

export default function RootLayout({ children }: { children: ReactNode }) {
  const { language, messages } = getShop();
  return (
    <html lang={language}>
      <body>
        <a href="#content" className="skip-link">
          {messages.skipToContent}
        </a>
        <Header />
        <main id="content" tabIndex={-1} className="container">
          {children}
        </main>
        <Footer />
      </body>
    </html>
  );
}
