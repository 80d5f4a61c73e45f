/** The version in an answer: the value at a JSON path (`build.version`, or a pointer `/build/version`), or the whole text. */
export function parseVersionAnswer(body: string, path: string): string | undefined {
  if (path === '') return plainVersion(body);
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  for (const key of keysOf(path)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = new Map<string, unknown>(Object.entries(value)).get(key);
  }
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** Whether a service's version is the expected one, with or without a leading v. */
export function isExpectedVersion(actual: string | undefined, expected: string): boolean {
  return actual !== undefined && actual.trim().replace(/^v(?=\d)/, '') === expected.trim().replace(/^v(?=\d)/, '');
}

// A body without a path: the text, or the one JSON string or field `version` that most services answer.
function plainVersion(body: string): string | undefined {
  const text = body.trim();
  if (!/^[{["]/.test(text)) return text === '' ? undefined : text;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'string') return value;
    return parseVersionAnswer(text, 'version');
  } catch {
    return text;
  }
}

// RFC 6901 where the path starts with a slash.
function keysOf(path: string): string[] {
  if (path.startsWith('/')) {
    return path
      .slice(1)
      .split('/')
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  return path
    .replace(/^\$\.?/, '')
    .replace(/\[(\d+)\]/g, '.$1')
    .split('.')
    .filter((key) => key !== '');
}
