import { once } from 'node:events';
import { join } from 'node:path';
import { startGitHub } from '../test/sandbox/github/server.ts';

/** A sandbox process of its own: goes on with what an earlier one has left in FOLDER, prints where it is, and ends with its standard input. */
async function main([folder = '']: readonly string[]): Promise<void> {
  const github = await startGitHub({ folder: join(folder, 'repositories'), records: join(folder, 'records') });
  github.limits.requestsPerHour = Number.MAX_SAFE_INTEGER;
  const { apiUrl, serverUrl, tokens } = github;
  process.stdout.write(`${JSON.stringify({ apiUrl, serverUrl, token: tokens.admin })}\n`);
  await once(process.stdin.resume(), 'end');
  await github.close();
}

await main(process.argv.slice(2));
