import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { workspacePath } from '#shared/runner/workspace-path.ts';

let folder = '';
let workspace = '';

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'workspace-')));
  workspace = join(folder, 'work');
  await mkdir(join(workspace, 'a', '..b'), { recursive: true });
  await mkdir(join(folder, 'work-too'));
  await symlink(workspace, join(folder, 'alias'));
  await symlink('../work-too', join(workspace, 'out'));
  await symlink('a', join(workspace, 'in'));
});

afterAll(() => rm(folder, { recursive: true }));

const find = (path: string, from = workspace) => workspacePath(from, { name: 'path', path });

test('what lies in the workspace is found by its real path, there or missing', () => {
  expect(['.', '', 'a/..', `${workspace}/`].map((path) => find(path))).toEqual(Array(4).fill(workspace));
  expect([find('in/..b'), find('a/none/yet')]).toEqual([
    join(workspace, 'a', '..b'),
    join(workspace, 'a', 'none', 'yet'),
  ]);
});

test('a workspace behind a link is the workspace, by either name', () => {
  const alias = join(folder, 'alias');
  expect([find('a', alias), find(join(workspace, 'a'), alias), find(join(alias, 'a'))]).toEqual(
    Array(3).fill(join(workspace, 'a')),
  );
});

test.each([
  ['..', '..'],
  ['a/../../work-too', '../work-too'],
  ['../none/below', '../none/below'],
  ['out', '../work-too'],
  ['out/none', '../work-too/none'],
])('%s is refused with the place it leads to', (path, seen) => {
  expect(() => find(path)).toThrow(`path: "${path}" leads out of the workspace, to "${seen}" as seen from it`);
});

test('another folder is fine where the caller names it', () => {
  const path = join(folder, 'work-too', 'x');
  expect(() => find(path)).toThrow('leads out of the workspace');
  expect(workspacePath(workspace, { name: 'path', path, more: [join(workspace, 'out')] })).toBe(path);
});
