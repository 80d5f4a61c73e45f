import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { distFiles } from '../../shared/tools/build-dist.ts';
import { generateDocs } from '../../shared/tools/generate-docs.ts';
import { projectRoot } from '../support/action-manifest.ts';

const MAX_DIST_BYTES = 2_500_000;

async function committedDist(): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const entry of await readdir(join(projectRoot, 'dist'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(join(projectRoot, 'dist').length + 1), await readFile(path));
  }
  return files;
}

test('dist/ is what the sources give, byte for byte: run `npm run build`', async () => {
  const built = await distFiles(projectRoot);
  const committed = await committedDist();
  expect([...committed.keys()].sort()).toEqual([...built.keys()].sort());
  for (const [path, content] of built) {
    expect([path, committed.get(path)?.equals(Buffer.from(content))]).toEqual([path, true]);
  }
}, 120_000);

test('the tables in the READMEs and action-catalog.md are fresh: run `npm run build`', async () => {
  for (const [path, text] of await generateDocs(projectRoot)) {
    expect([path, await readFile(join(projectRoot, path), 'utf8')]).toEqual([path, text]);
  }
});

test('all of dist/ together weighs at most 2.5 MB, which every job that uses an action downloads', async () => {
  const sizes = [...(await committedDist()).values()].map((content) => content.length);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(MAX_DIST_BYTES);
});

test('no bundle holds a path of the machine it was built on', async () => {
  for (const [path, content] of await committedDist()) {
    expect([path, content.includes(projectRoot), /file:\/\/\/\w/.test(content.toString())]).toEqual([
      path,
      false,
      false,
    ]);
  }
});
