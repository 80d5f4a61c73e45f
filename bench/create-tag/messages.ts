import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readReleases } from '../../test/replay/read-releases.ts';
import { projectRoot } from '../../test/support/action-manifest.ts';

const execute = promisify(execFile);

/**
 * Real commit messages, repeated in turn up to `count`: those of the replay files that the variable MESSAGES names (with
 * `:` between them), else of this repository.
 */
export async function realMessages(count: number): Promise<{ messages: string[]; different: number }> {
  const files = (process.env['MESSAGES'] ?? '').split(':').filter((file) => file !== '');
  const different = [...new Set(files.length > 0 ? await recorded(files) : await ownMessages())];
  const messages = Array.from({ length: count }, (_, index) => different[index % different.length] ?? '');
  return { messages, different: different.length };
}

async function recorded(files: readonly string[]): Promise<string[]> {
  const read = await Promise.all(files.map(readReleases));
  return read.flatMap(({ releases }) => releases).flatMap(({ commits }) => commits.map(({ message }) => message));
}

async function ownMessages(): Promise<string[]> {
  const { stdout } = await execute('git', ['-C', projectRoot, 'log', '--format=%B%x00'], { maxBuffer: 1e9 });
  return stdout.split('\0').flatMap((message) => message.trim() || []);
}
