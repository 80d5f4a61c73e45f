import { type ReplayArguments, readArguments } from './read-arguments.ts';
import { type RecordedBump, readBumps } from './read-bumps.ts';
import type { Problem } from './read-lines.ts';
import { replayBump } from './replay-bump.ts';
import { share, tellProblems, tellUsage, writeMisses } from './tell-results.ts';

type Tally = Map<string, { readonly exact: number; readonly all: number }>;

const given = readArguments(process.argv.slice(2), []);
if (given instanceof Error) tellUsage(given, 'npm run replay:bumps -- FILE... [--misses OUT]');
else await replayFiles(given);

/** Replays each file, whatever is wrong with another; exit code 1 when a byte outside of tag and digest changed or data are lost. */
async function replayFiles({ files, missesFile }: ReplayArguments<never>): Promise<void> {
  const tally: Tally = new Map();
  const misses: object[] = [];
  const unread: Problem[] = [];
  let [exact, all, stray] = [0, 0, 0];
  for (const file of files) {
    const read = await readBumps(file);
    if (read.unread !== undefined) unread.push(read.unread);
    misses.push(...read.badLines);
    for (const row of read.bumps) {
      const outcome = await replayBump(row);
      all += 1;
      exact += outcome.exact ? 1 : 0;
      stray += outcome.stray ? 1 : 0;
      count(tally, row, outcome.exact);
      const { repo, commit, path, requests } = row;
      if (!outcome.exact) misses.push({ repo, commit, path, requests, reason: outcome.reason });
    }
  }
  for (const [key, counts] of [...tally].sort()) console.log(`${key.padEnd(65)} ${counts.exact} of ${counts.all}`);
  for (const miss of misses) console.log(`miss ${JSON.stringify(miss)}`);
  tellProblems(unread);
  await writeMisses(missesFile, misses);
  console.log(`${stray} of ${all} files, hits and misses, with a byte changed outside of tag and digest spans`);
  console.log(`byte-exact ${share(exact, exact + misses.length, all)}`);
  if (stray > 0 || unread.length > 0 || all === 0) process.exitCode = 1;
}

function count(tally: Tally, { repo, requests }: RecordedBump, exact: boolean): void {
  const styles = new Set(requests.map(({ style }) => style ?? 'unknown'));
  for (const key of [repo, ...[...styles].flatMap((style) => [`style ${style}`, `${repo} ${style}`])]) {
    const counts = tally.get(key) ?? { exact: 0, all: 0 };
    tally.set(key, { exact: counts.exact + (exact ? 1 : 0), all: counts.all + 1 });
  }
}
