import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { projectRoot } from '../support/action-manifest.ts';

interface LockedPackage {
  readonly license?: string;
  readonly dev?: boolean;
  readonly resolved?: string;
}

const ALLOWED_LICENSES = new Set([
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
]);

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(join(projectRoot, path), 'utf8')) as T;
}

test('every dependency is pinned to one exact version', async () => {
  const { dependencies, devDependencies } =
    await readJson<Record<'dependencies' | 'devDependencies', Record<string, string>>>('package.json');
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    expect([name, version]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
  }
});

test('what is bundled is under a licence that lets everybody use it', async () => {
  const { packages } = await readJson<{ packages: Record<string, LockedPackage> }>('package-lock.json');
  const bundled = Object.entries(packages).filter(([path, entry]) => path !== '' && entry.dev !== true);
  expect(bundled.length).toBeGreaterThan(5);
  for (const [path, { license }] of bundled) {
    expect([path, ALLOWED_LICENSES.has(license ?? '')]).toEqual([path, true]);
  }
});

test('the lockfile names no registry', async () => {
  const { packages } = await readJson<{ packages: Record<string, LockedPackage> }>('package-lock.json');
  expect(Object.values(packages).filter((entry) => entry.resolved !== undefined)).toEqual([]);
});
