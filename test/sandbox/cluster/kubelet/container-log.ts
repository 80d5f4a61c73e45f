/** What one run of a container has written, line by line. */
export interface ContainerLog {
  write(chunk: Buffer | string): void;
  lines(): readonly { at: string; text: string }[];
  /** Calls `listener` with each new line; gives the function that ends it. */
  follow(listener: (line: { at: string; text: string }) => void): () => void;
}

const maxLines = 10_000;

/** Starts an empty log; `now` is the cluster's clock. */
export function createContainerLog(now: () => number): ContainerLog {
  const kept: { at: string; text: string }[] = [];
  const listeners = new Set<(line: { at: string; text: string }) => void>();
  let rest = '';
  return {
    write(chunk) {
      const parts = (rest + chunk.toString()).split('\n');
      rest = parts.pop() ?? '';
      for (const text of parts) {
        const line = { at: new Date(now()).toISOString(), text };
        kept.push(line);
        if (kept.length > maxLines) kept.shift();
        for (const listener of listeners) listener(line);
      }
    },
    lines: () => (rest === '' ? kept : [...kept, { at: new Date(now()).toISOString(), text: rest }]),
    follow(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
