import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runStep } from '../../support/run-step.ts';

test('a root that a link leads out of the workspace is refused by name, although a repository is there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'root-'));
  try {
    for (const name of ['work', 'other']) {
      await mkdir(join(folder, name));
      execFileSync('git', ['init', '-q', join(folder, name)]);
    }
    await symlink('../other', join(folder, 'work', 'linked'));
    const context = { token: '', github: { REPOSITORY: 'acme/web', WORKSPACE: join(folder, 'work') } };
    const { exitCode, outputs, log } = await runStep('test-subset', { root: 'linked' }, { context });
    expect([exitCode, outputs['reason-code']]).toEqual([1, 'bad-input']);
    expect(log).toContain('root: "linked" leads out of the workspace, to "../other"');
  } finally {
    await rm(folder, { recursive: true });
  }
});
