import type { DescribedPath } from './description.ts';

/** A path of the API and the values of its parameters. */
export interface FoundPath {
  readonly path: DescribedPath;
  readonly values: Readonly<Record<string, string>>;
}

const PARAMETER = /\{([^}]+)\}/g;

/** Finds the described path of a request; literal segments win over parameters, as they do at GitHub. */
export function pathFinder(paths: readonly DescribedPath[]): (path: string) => FoundPath | undefined {
  const patterns = paths
    .map((path) => ({ path, pattern: patternOf(path), generality: generalityOf(path) }))
    .sort((a, b) => a.generality.localeCompare(b.generality));
  const find = (path: string) => {
    for (const { path: described, pattern } of patterns) {
      const match = pattern.exec(path);
      if (match === null) continue;
      const names = [...described.template.matchAll(PARAMETER)].map(([, name = '']) => name);
      const values = names.map((name, at) => [name, decodeURIComponent(match[at + 1] ?? '')]);
      return { path: described, values: Object.fromEntries(values) as Record<string, string> };
    }
    return undefined;
  };
  // There are more than 800 patterns, and a test asks for the same few paths again and again.
  const known = new Map<string, FoundPath | undefined>();
  return (path) => {
    if (!known.has(path)) known.set(path, find(path));
    return known.get(path);
  };
}

function patternOf({ template, multiSegment }: DescribedPath): RegExp {
  const source = template
    .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
    .replace(PARAMETER, (_, name: string) => (multiSegment.includes(name) ? '(.+)' : '([^/]+)'));
  return new RegExp(`^${source}$`);
}

/** Sorts literal segments before parameters, and parameters that take slashes last; longer paths first. */
function generalityOf({ template, multiSegment }: DescribedPath): string {
  const kind = (segment: string) => {
    if (!segment.includes('{')) return 'a';
    return multiSegment.some((name) => segment.includes(`{${name}}`)) ? 'c' : 'b';
  };
  return `${template.split('/').map(kind).join('')}d`;
}
