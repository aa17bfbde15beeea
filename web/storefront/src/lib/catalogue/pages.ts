export interface Page {
  number: number;
  count: number;
}

/** The page asked for in a query string, from 1; what is no page number is page 1. */
export function pageNumber(value: string | undefined): number {
  return value !== undefined && /^[1-9]\d{0,4}$/.test(value) ? Number(value) : 1;
}

/** The page numbers to link to: first, last, and those around the current one; null stands for a gap. */
export function pageLinks({ number, count }: Page): (number | null)[] {
  const shown = new Set([1, number - 1, number, number + 1, count]);
  const links: (number | null)[] = [];
  for (let page = 1; page <= count; page += 1) {
    if (shown.has(page)) links.push(page);
    else if (links.at(-1) !== null) links.push(null);
  }
  return links;
}
