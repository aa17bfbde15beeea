/**
 * Keeps what `load` gave for `ttlMs`. Callers that come while it loads share that one load.
 * A failure is never kept: the next caller tries again.
 */
export function cached<T>(ttlMs: number, load: () => Promise<T>, now: () => number = Date.now): () => Promise<T> {
  let value: Promise<T> | undefined;
  let expires = 0;
  return () => {
    if (value === undefined || now() >= expires) {
      const loading = load();
      value = loading;
      expires = now() + ttlMs;
      loading.catch(() => {
        if (value === loading) value = undefined;
      });
    }
    return value;
  };
}
