"use client";

import { Failure } from "@/components/Failure";

export default function ErrorPage() {
  return <Failure language={typeof document === "undefined" ? "en" : document.documentElement.lang} />;
}
