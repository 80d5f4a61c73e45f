import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { projectRoot } from '../support/action-manifest.ts';

const MIN_ROWS = 80;

/** A row of the tables in test/sandbox/README.md. */
interface Row {
  readonly behaviour: string;
  readonly file: string;
  readonly title: string;
  readonly source: string;
}

const text = await readFile(join(projectRoot, 'test', 'sandbox', 'README.md'), 'utf8');
const rows = [...text.matchAll(/^\| (.+) \| `?([\w./-]+\.test\.ts): (.+?)`? \| (.+) \|$/gm)].map(
  ([, behaviour = '', file = '', title = '', source = '']): Row => ({ behaviour, file, title, source }),
);

test(`the sandbox shows at least ${MIN_ROWS} refusals and behaviours, and each line of the tables is a row`, () => {
  const lines = text.split('\n').filter((line) => line.startsWith('|') && !/^\| (behaviour|---) /.test(line));
  expect(rows).toHaveLength(lines.length);
  expect(rows.length).toBeGreaterThanOrEqual(MIN_ROWS);
});

test('each row names a test that exists, and none is named twice', async () => {
  const files = new Map<string, string>();
  for (const file of new Set(rows.map((row) => row.file))) {
    files.set(file, await readFile(join(projectRoot, 'test', file), 'utf8'));
  }
  const missing = rows.filter(({ file, title }) => !titlesIn(files.get(file) ?? '').has(title));
  expect(missing.map(({ file, title }) => `${file}: ${title}`)).toEqual([]);
  const names = rows.map(({ behaviour, file, title }) => `${behaviour} ${file}: ${title}`);
  expect(new Set(names).size).toBe(names.length);
});

test("each row's sources are pages of GitHub's documentation or public threads", () => {
  for (const { behaviour, source } of rows) {
    const links = [...source.matchAll(/\]\((.+?)\)/g)].map(([, link = '']) => link);
    expect([behaviour, links.length]).not.toEqual([behaviour, 0]);
    for (const link of links) expect(link).toMatch(/^https:\/\/(docs\.)?github\.com\/\S+$/);
  }
});

/** The titles of a test file: first arguments of `test` and `describe`, and first texts of the rows of `test.each`. */
function titlesIn(source: string): Set<string> {
  const literal = /(?:\b(?:test|it)\(|\[|\btitle:)\s*(['"`])((?:\\.|(?!\1).)*)\1/g;
  return new Set([...source.matchAll(literal)].map(([, , title = '']) => title.replace(/\\(['"`])/g, '$1')));
}
