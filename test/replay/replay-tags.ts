import { basename } from 'node:path';
import { type ReplayArguments, readArguments } from './read-arguments.ts';
import type { Problem } from './read-lines.ts';
import { readReleases } from './read-releases.ts';
import { type Miss, replayReleases } from './replay-release.ts';
import { type RulesName, rulesByName } from './replay-rules.ts';
import { share, tellProblems, tellUsage, writeMisses } from './tell-results.ts';

const ruleNames = Object.keys(rulesByName) as RulesName[];
const usage = `npm run replay:tags -- FILE... [--rules ${ruleNames.join('|')}] [--misses OUT]`;

const given = readArguments(process.argv.slice(2), ruleNames);
if (given instanceof Error) tellUsage(given, usage);
else await replayFiles(given);

/** Replays each file, whatever is wrong with another; a line that cannot be used is a miss. */
async function replayFiles({ files, rules = 'auto', missesFile }: ReplayArguments<RulesName>): Promise<void> {
  const misses: (Miss | Problem)[] = [];
  let [all, readable] = [0, 0];
  for (const file of files) {
    const { releases, badLines, repeated, unread } = await readReleases(file);
    const missed = replayReleases(releases, rulesByName[rules]);
    const count = releases.length + badLines.length;
    all += count;
    readable += releases.length;
    misses.push(...badLines, ...missed);
    const notes = [
      releases.length === 0 ? '' : `, rules ${rules}`,
      badLines.length === 0 ? '' : `, ${badLines.length} of the lines cannot be used`,
      repeated === 0 ? '' : `, without ${repeated} given twice`,
    ];
    console.log(
      `${basename(file)}: equal ${share(releases.length - missed.length, count, releases.length)}${notes.join('')}`,
    );
    tellProblems([...badLines, ...(unread === undefined ? [] : [unread])]);
    if (unread !== undefined) process.exitCode = 1;
  }
  await writeMisses(missesFile, misses);
  if (readable === 0) process.exitCode = 1;
  console.log(`equal ${share(all - misses.length, all, readable)}`);
}
