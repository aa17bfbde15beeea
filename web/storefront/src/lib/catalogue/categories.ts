export interface Category {
  id: string;
  name: string;
  handle: string;
  parentId: string | null;
}

export function topLevel(categories: Category[]): Category[] {
  const ids = new Set(categories.map(({ id }) => id));
  return categories.filter(({ parentId }) => parentId === null || !ids.has(parentId));
}

export function childrenOf(categories: Category[], id: string): Category[] {
  return categories.filter(({ parentId }) => parentId === id);
}

/** The category and all below it: products are filed under the most exact category, and found under each above it. */
export function withDescendants(categories: Category[], id: string): string[] {
  const found = [id];
  for (const current of found) {
    found.push(...childrenOf(categories, current).flatMap((child) => (found.includes(child.id) ? [] : [child.id])));
  }
  return found;
}

/** From the top-level category down to this one. */
export function trail(categories: Category[], id: string): Category[] {
  const path: Category[] = [];
  let current = categories.find((category) => category.id === id);
  while (current && !path.includes(current)) {
    path.unshift(current);
    const parentId: string | null = current.parentId;
    current = categories.find((category) => category.id === parentId);
  }
  return path;
}
