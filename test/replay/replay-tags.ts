import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { readReleases } from './read-releases.ts';
import { type Miss, replayReleases } from './replay-release.ts';
import { namedRules, rulesByName, rulesOf } from './replay-rules.ts';

const usage = `Usage: npm run replay:tags -- FILE... [--rules ${Object.keys(rulesByName).join('|')}] [--misses OUT]`;

const { files, forced, missesFile } = readArguments(process.argv.slice(2));
const misses: Miss[] = [];
let all = 0;
for (const file of files) {
  const releases = await readReleases(file);
  const candidates = new Map(
    [...new Set(releases.map(({ repository }) => repository))].map((repository) => [
      repository,
      forced === undefined ? rulesOf(repository, releases) : namedRules(forced),
    ]),
  );
  const missed = replayReleases(releases, (repository) => candidates.get(repository)?.rules ?? []);
  all += releases.length;
  misses.push(...missed);
  const used = new Set([...candidates.values()].map(({ name }) => name));
  console.log(`${basename(file)}: ${figures(releases.length, missed.length)}, rules ${[...used].join(', ')}`);
}
if (missesFile !== undefined) writeFileSync(missesFile, misses.map((miss) => `${JSON.stringify(miss)}\n`).join(''));
console.log(figures(all, misses.length));

function figures(count: number, missed: number): string {
  const equal = count - missed;
  const percent = count === 0 ? 100 : (100 * equal) / count;
  return `equal ${equal} of ${count} (${(Math.floor(percent * 100) / 100).toFixed(2)} %)`;
}

function readArguments(argv: readonly string[]): {
  files: string[];
  forced: string | undefined;
  missesFile: string | undefined;
} {
  const files: string[] = [];
  let forced: string | undefined;
  let missesFile: string | undefined;
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? '';
    if (word === '--rules') forced = argv[++index];
    else if (word === '--misses') missesFile = argv[++index];
    else files.push(word);
  }
  if (files.length === 0 || (forced !== undefined && rulesByName[forced] === undefined)) throw new Error(usage);
  return { files, forced, missesFile };
}
