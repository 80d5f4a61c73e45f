import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Service, startService } from './start-service.ts';

let service: Service;
beforeEach(async () => {
  service = await startService();
});
afterEach(() => service.close());

/** Starts a process with the text in its environment, as a step with `env: X: ${{ steps.tag.outputs.notes }}` does. */
function startWith(text: string): string | undefined {
  const { error } = spawnSync('true', { env: { PATH: process.env['PATH'], NAME_OF_SOME_LENGTH: text } });
  return error?.message;
}

test('notes and decision fit into an environment variable, in every script', async () => {
  await service.run();
  for (let index = 0; index < 220; index++) await service.commit(`feat: ${'漢字'.repeat(150)}${index}`);
  const { notes, decision } = (await service.run({ with: { release: 'draft' } })).report.outputs;
  expect(startWith(String(notes))).toBeUndefined();
  expect(startWith(JSON.stringify(decision))).toBeUndefined();
  expect(notes).toMatch(/… and \d+ more changes$/);
  expect(decision).toMatchObject({ commitCount: 220 });
  expect((decision as { commits: unknown[] }).commits.length).toBeGreaterThan(100);
});

test('notes from a file that is as long as GitHub takes it are published whole, and cut as an output', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'notes-'));
  await writeFile(join(folder, 'notes.md'), '漢'.repeat(125_000));
  const inputs = { release: 'publish', notes: 'file', 'notes-file': 'notes.md' };
  const { report } = await service.run({ workspace: folder, with: inputs });
  await rm(folder, { recursive: true, force: true });
  expect(service.github.records(service.repository).releases[0]?.body).toHaveLength(125_000);
  expect(report.outputs.notes).toMatch(/漢\n\n… \(cut\)$/);
  expect(startWith(String(report.outputs.notes))).toBeUndefined();
});

test('a first version says that it lists the newest commits only, also when the run is repeated', async () => {
  for (let index = 0; index < 130; index++) await service.commit(`fix: number ${index}`);
  const { notes } = (await service.run()).report.outputs;
  expect(String(notes).match(/^- /gm)).toHaveLength(100);
  expect(notes).toMatch(/\n\nThese are the newest 100 commits; there may be earlier ones\.$/);
  expect((await service.run()).report.outputs.notes).toBe(notes);
  await service.commit('fix: the next');
  expect((await service.run()).report.outputs.notes).not.toContain('newest');
});
