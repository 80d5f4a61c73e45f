import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startService } from '../actions/create-tag/start-service.ts';
import { readActionManifest } from '../support/action-manifest.ts';
import { parseCommandFile } from '../support/parse-runner-protocol.ts';
import { node24 } from '../support/run-step.ts';

const { mainPath } = await readActionManifest('create-tag');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-action-'));
  await writeFile(join(folder, 'output'), '');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function start(environment: Record<string, string>): Promise<{ status: number | null; log: string }> {
  const child = spawn(node24, [mainPath], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      INPUT_TOKEN: 'x',
      GITHUB_REPOSITORY: 'acme/service',
      GITHUB_OUTPUT: join(folder, 'output'),
      GITHUB_STEP_SUMMARY: join(folder, 'summary'),
      ...environment,
    },
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, log };
}

async function outputs(): Promise<Record<string, string>> {
  return parseCommandFile(await readFile(join(folder, 'output'), 'utf8'));
}

describe('a file of the runner that cannot be used is an error without a stack trace', () => {
  test('the event', async () => {
    const { status, log } = await start({ GITHUB_EVENT_PATH: join(folder, 'event.json') });
    expect(status).toBe(1);
    expect(log).toContain('::error::The event of the workflow cannot be read: ');
    expect(log).not.toMatch(/^ +at /m);
    expect(await outputs()).toMatchObject({ 'reason-code': 'runner-file', requests: '0' });
    expect(await readFile(join(folder, 'summary'), 'utf8')).toContain('runner-file');
  });

  test('the job summary: outputs are written all the same, and the first failure is the one that counts', async () => {
    const { status, log } = await start({ GITHUB_STEP_SUMMARY: join(folder, 'nowhere', 'summary'), INPUT_SHA: 'bad' });
    expect(status).toBe(1);
    expect(log).toContain('sha: "bad" is not allowed');
    expect(log).toContain('::error::The job summary cannot be written: ENOENT');
    expect(log).not.toMatch(/^ +at /m);
    expect(await outputs()).toMatchObject({ 'reason-code': 'bad-input', requests: '0' });
  });

  test('the job summary of a run that went well: its outputs say what was done', async () => {
    const service = await startService();
    try {
      const sha = await service.commit('feat: a');
      const { status } = await start({
        INPUT_TOKEN: service.github.tokens.workflow,
        INPUT_SHA: sha,
        GITHUB_API_URL: service.github.apiUrl,
        GITHUB_STEP_SUMMARY: join(folder, 'nowhere', 'summary'),
      });
      expect(status).toBe(1);
      expect(await outputs()).toMatchObject({ 'reason-code': 'runner-file', created: 'true', tag: 'v0.1.0' });
      expect(Object.keys(service.tags())).toEqual(['v0.1.0']);
    } finally {
      await service.close();
    }
  });

  test('the outputs: the summary is written all the same', async () => {
    const { status, log } = await start({ GITHUB_OUTPUT: join(folder, 'nowhere', 'output'), INPUT_SHA: 'bad' });
    expect(status).toBe(1);
    expect(log).toContain('::error::The outputs cannot be written: ');
    expect(log).not.toMatch(/^ +at /m);
    expect(await readFile(join(folder, 'summary'), 'utf8')).toContain('bad-input');
  });
});
