import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { expect, test } from '@jest/globals';
import { routes } from './routes.ts';

interface Description {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly externalDocs?: { readonly url: string } }>>>
  >;
}

const file = createRequire(import.meta.url).resolve('@octokit/openapi/generated/api.github.com.json');
const { paths } = JSON.parse(await readFile(file, 'utf8')) as Description;

test("every route names the page that GitHub's own description of the API names", () => {
  const published = new Map<string, string>();
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, { externalDocs }] of Object.entries(operations)) {
      if (externalDocs !== undefined) published.set(`${method.toUpperCase()} ${shapeOf(path)}`, externalDocs.url);
    }
  }
  const different = routes.filter(({ operation, documentation }) => {
    const [method = '', path = ''] = operation.split(' ');
    const page = published.get(`${method} ${shapeOf(path)}`);
    // Two addresses of the description are older than the pages that GitHub's answers name.
    return page !== undefined && !page.includes('/rest/reference/') && page !== documentation;
  });
  expect(different.map(({ operation }) => operation)).toEqual([]);
  const known = routes.filter(({ operation }) => {
    const [method = '', path = ''] = operation.split(' ');
    return published.has(`${method} ${shapeOf(path)}`);
  });
  // The rest are paths with an optional end, such as /contents and /contents/{path}.
  expect(routes.length - known.length).toBeLessThanOrEqual(2);
});

function shapeOf(path: string): string {
  return path.replace(/\{[^}]+\}/g, '{}');
}
