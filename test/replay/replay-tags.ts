import { createReadStream, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { UserError } from '#shared/errors.ts';
import { compareVersions, type TaggedVersion } from '#shared/semver/version.ts';
import { type Policy, planTag, type TagPlan, taggedVersion } from '../../actions/create-tag/src/plan-tag.ts';
import { type ReplayRules, replayPolicy, rulesByName } from './replay-rules.ts';

/** One release of a real repository: what it held and the version that it got. */
interface Release {
  readonly repository: string;
  readonly prefix: string;
  readonly previous: string;
  readonly released: string;
  /** Newest first. */
  readonly commits: readonly { readonly sha: string; readonly message: string }[];
}

interface Miss {
  readonly repository: string;
  readonly prefix: string;
  readonly previous: string;
  readonly released: string;
  readonly decided: string;
  readonly because: string;
  readonly commits: readonly string[];
}

const usage = `Usage: npm run replay:tags -- FILE... [--rules ${Object.keys(rulesByName).join('|')}] [--misses OUT]`;

const { files, rules, missesFile } = readArguments(process.argv.slice(2));
const misses: Miss[] = [];
const tagsByLine = new Map<string, Map<string, TaggedVersion>>();
let all = 0;
for (const file of files) {
  const before = { all, misses: misses.length };
  for await (const release of releasesOf(file)) {
    const miss = replay(release, rules);
    all += 1;
    if (miss !== undefined) misses.push(miss);
  }
  console.log(`${basename(file)}: ${figures(all - before.all, misses.length - before.misses)}`);
}
if (missesFile !== undefined) writeFileSync(missesFile, misses.map((miss) => `${JSON.stringify(miss)}\n`).join(''));
console.log(figures(all, misses.length));

// The same decision as the action's, from `planTag` on; only the reading is from a file. The tags are those that the
// file has named before, as the action would read them.
function replay(release: Release, forced: ReplayRules | undefined): Miss | undefined {
  const { repository, prefix, previous, released, commits } = release;
  const known = tagsOf(`${repository} ${prefix}`);
  const base = taggedVersion(previous, prefix);
  known.set(previous, base);
  const tags = [...known.values()].sort((a, b) => compareVersions(b.version, a.version));
  known.set(released, taggedVersion(released, prefix));
  const policy: Policy = { ...replayPolicy(forced, repository), prefix };
  const plan = decide(() => planTag({ tags, place: { kind: 'after', base }, commits }, policy));
  const decided = plan instanceof UserError ? plan.reasonCode : (plan.tag?.version ?? 'none');
  if (decided === released) return undefined;
  const judged = plan instanceof UserError ? [] : plan.commits;
  return {
    repository,
    prefix,
    previous,
    released,
    decided,
    because: plan instanceof UserError ? plan.message : plan.because,
    commits: judged.map(({ sha, header, bump, rule }) => `${sha.slice(0, 12)} ${bump} [${rule}] ${header}`),
  };
}

function decide(plan: () => TagPlan): TagPlan | UserError {
  try {
    return plan();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

function tagsOf(line: string): Map<string, TaggedVersion> {
  const known = tagsByLine.get(line) ?? new Map<string, TaggedVersion>();
  tagsByLine.set(line, known);
  return known;
}

async function* releasesOf(file: string): AsyncGenerator<Release> {
  const raw = createReadStream(file);
  const input = file.endsWith('.gz') ? raw.pipe(createGunzip()) : raw;
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() !== '') yield JSON.parse(line) as Release;
  }
}

function figures(count: number, missed: number): string {
  const equal = count - missed;
  const percent = count === 0 ? 100 : (100 * equal) / count;
  return `equal ${equal} of ${count} (${(Math.floor(percent * 100) / 100).toFixed(2)} %)`;
}

function readArguments(argv: readonly string[]): {
  files: string[];
  rules: ReplayRules | undefined;
  missesFile: string | undefined;
} {
  const files: string[] = [];
  let name: string | undefined;
  let missesFile: string | undefined;
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? '';
    if (word === '--rules') name = argv[++index];
    else if (word === '--misses') missesFile = argv[++index];
    else files.push(word);
  }
  const chosen = name === undefined ? undefined : rulesByName[name];
  if (files.length === 0 || (name !== undefined && chosen === undefined)) throw new Error(usage);
  return { files, rules: chosen, missesFile };
}
