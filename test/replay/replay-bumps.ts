import { readFile, writeFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { replayBump } from './replay-bump.ts';

/**
 * Replays recorded bumps through the code path of the action: `npm run replay:bumps -- FILE... [--misses OUT]`.
 * Prints a table by repository and style, and `byte-exact N of M (P %)` last; exit code 1 when a byte outside of tag and digest changed.
 */
const files: string[] = [];
let missesFile: string | undefined;
const given = process.argv.slice(2);
for (let index = 0; index < given.length; index++) {
  if (given[index] === '--misses') missesFile = given[++index];
  else files.push(given[index] ?? '');
}
if (files.length === 0) {
  console.error('usage: npm run replay:bumps -- FILE... [--misses OUT]');
  process.exitCode = 2;
}

const tally = new Map<string, { exact: number; all: number }>();
const misses: string[] = [];
let [exact, all, strayFiles] = [0, 0, 0];
for (const file of files) {
  const bytes = await readFile(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  for (const line of text.split('\n').filter((candidate) => candidate.trim() !== '')) {
    const row = JSON.parse(line) as Parameters<typeof replayBump>[0];
    const outcome = await replayBump(row);
    all += 1;
    exact += outcome.exact ? 1 : 0;
    strayFiles += outcome.stray ? 1 : 0;
    const styles = new Set(row.requests.map(({ style }) => style ?? 'unknown'));
    for (const key of [row.repo, ...[...styles].flatMap((style) => [`style ${style}`, `${row.repo} ${style}`])]) {
      const count = tally.get(key) ?? { exact: 0, all: 0 };
      tally.set(key, { exact: count.exact + (outcome.exact ? 1 : 0), all: count.all + 1 });
    }
    if (!outcome.exact) {
      const { repo, commit, path, requests } = row;
      misses.push(JSON.stringify({ repo, commit, path, requests, reason: outcome.reason }));
    }
  }
}
for (const [key, count] of [...tally].sort()) console.log(`${key.padEnd(65)} ${count.exact} of ${count.all}`);
for (const miss of misses) console.log(`miss ${miss}`);
if (missesFile !== undefined) await writeFile(missesFile, misses.map((miss) => `${miss}\n`).join(''));
console.log(`${strayFiles} of ${all} files, hits and misses, with a byte changed outside of tag and digest spans`);
if (all > 0) console.log(`byte-exact ${exact} of ${all} (${((100 * exact) / all).toFixed(2)} %)`);
if (strayFiles > 0) process.exitCode = 1;
