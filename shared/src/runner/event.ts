/** The value at a path of an event payload, or of a part of one; undefined where there is none. */
export function eventValue(payload: unknown, ...path: readonly string[]): unknown {
  let current = payload;
  for (const key of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Readonly<Record<string, unknown>>)[key];
  }
  return current;
}

/** The text at a path of an event payload, or of a part of one; `''` where there is none. */
export function eventText(payload: unknown, ...path: readonly string[]): string {
  const value = eventValue(payload, ...path);
  return typeof value === 'string' ? value : '';
}
