"use client";

import NextLink, { useLinkStatus } from "next/link";
import type { ComponentProps } from "react";

function Progress() {
  const { pending } = useLinkStatus();
  return <span aria-hidden="true" className={pending ? "progress progress--on" : "progress"} />;
}

/**
 * A link within the shop. While its page loads, a bar runs along the top of the window: pages have no loading
 * skeletons of their own, as sending one early would fix the status to 200 before it is known. Nothing is fetched
 * before a click.
 */
export function Link({ children, ...rest }: ComponentProps<typeof NextLink>) {
  return (
    <NextLink prefetch={false} {...rest}>
      {children}
      <Progress />
    </NextLink>
  );
}
