import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCommits } from '#shared/commits/parse-commit.ts';
import { renderTable } from '#shared/markdown/table.ts';
import { planTag } from '../actions/create-tag/src/version/plan-tag.ts';
import { taggedVersion } from '../actions/create-tag/src/version/plan-version.ts';
import { rulesByName } from '../test/replay/replay-rules.ts';
import { realMessages } from './create-tag/messages.ts';
import { installPeers, type Peers } from './create-tag/peers.ts';
import { median } from './median.ts';

type Parse = (message: string) => string | undefined;

const MESSAGES = 100_000;
const PEER_MESSAGES = 2_000;
const COMMITS = 500;
const PATIENCE_MS = 200;
const BODY_SIZES = [12_500, 25_000, 50_000, 100_000];
const BODIES = {
  prose: 'A line of prose that a person wrote, with (parentheses) and: colons.\n',
  paragraphs: 'feat-like text\n\n',
  footers: 'BREAKING CHANGE: a\n',
  parentheses: '(((((((((',
};
// As the specification has it: https://www.conventionalcommits.org/en/v1.0.0/#specification
const HEADER = /^[a-z]+(?:\([^()\n]+\))?!?: \S/;

/** Measures parser and decision of create-tag next to those of semantic-release and release-please, in one process and in turn. */
export async function printCreateTag(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-peers-'));
  try {
    const peers = await installPeers(folder);
    const parsers: ReadonlyMap<string, Parse> = new Map([
      ['create-tag', (message: string) => parseCommits(message)[0]?.type],
      ['conventional-commits-parser (semantic-release)', peers.conventionalCommitsParser],
      ['@conventional-commits/parser (release-please)', peers.releasePleaseParser],
    ]);
    await printMessages(parsers);
    printBodies(parsers);
    await printDecisions(peers);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function printMessages(parsers: ReadonlyMap<string, Parse>): Promise<void> {
  const { messages, different } = await realMessages(MESSAGES);
  const rows: string[][] = [];
  let ours = 0;
  for (const [name, parse] of parsers) {
    // A peer that is a hundred times slower need not be waited for.
    const part = ours === 0 ? messages : messages.slice(0, PEER_MESSAGES);
    let [thrown, lost] = [0, 0];
    const ms = time(() => {
      for (const message of part) {
        const type = attempt(() => parse(message));
        if (type === THROWN) thrown += 1;
        if ((type === THROWN || type === undefined) && HEADER.test(message)) lost += 1;
      }
    });
    const each = (1000 * ms) / part.length;
    ours ||= each;
    rows.push([
      name,
      `${part.length}`,
      `${each.toFixed(1)} µs`,
      `${(each / ours).toFixed(1)}×`,
      `${thrown}`,
      `${lost}`,
    ]);
  }
  console.log(`Real messages, ${different} of them different\n`);
  console.log(renderTable(['parser', 'messages', 'time of one', 'ratio', 'thrown', 'headers lost'], rows));
}

function printBodies(parsers: ReadonlyMap<string, Parse>): void {
  const rows = Object.entries(BODIES).flatMap(([body, line]) =>
    [...parsers].map(([name, parse]) => {
      const times: number[] = [];
      for (const size of BODY_SIZES) {
        const message = `fix: a\n\n${line.repeat(Math.ceil(size / line.length)).slice(0, size)}`;
        if ((times.at(-1) ?? 0) < PATIENCE_MS) times.push(medianTime(() => attempt(() => parse(message))));
      }
      const shown = BODY_SIZES.map((_, index) => (times[index] === undefined ? '–' : `${times[index].toFixed(2)} ms`));
      const growth = times.length < BODY_SIZES.length ? '–' : `${((times.at(-1) ?? 0) / (times[0] ?? 1)).toFixed(1)}×`;
      return [body, name, ...shown, growth];
    }),
  );
  const sizes = BODY_SIZES.map((size) => `${size / 1000} kB`);
  console.log('\nOne message with a long body (eight times the length in eight times the time is linear)\n');
  console.log(renderTable(['body of', 'parser', ...sizes, 'growth'], rows));
}

async function printDecisions({ commitAnalyzer }: Peers): Promise<void> {
  const { messages } = await realMessages(COMMITS);
  const commits = messages.map((message, index) => ({ sha: index.toString(16).padStart(40, '0'), message }));
  const base = taggedVersion('1.2.3', 'v');
  const policy = {
    ...(rulesByName['semantic-release'][0]?.inputs ?? never()),
    bump: 'auto' as const,
    prefix: 'v',
    channel: '',
  };
  const history = { tags: [base], known: [base], place: { kind: 'after', base } as const, commits };
  const ours = medianTime(() => planTag(history, policy).tag?.version);
  const analyzed = commits.map(({ sha, message }) => ({ hash: sha, message }));
  const times: number[] = [];
  for (let run = 0; run < 5; run++) {
    const started = performance.now();
    await commitAnalyzer(analyzed);
    times.push(performance.now() - started);
  }
  const theirs = median(times);
  console.log(`\nThe decision for ${COMMITS} real commits\n`);
  const rows = [
    ['create-tag', `${ours.toFixed(1)} ms`, '1.00×'],
    ['@semantic-release/commit-analyzer', `${theirs.toFixed(1)} ms`, `${(theirs / ours).toFixed(2)}×`],
  ];
  console.log(renderTable(['decision', 'time', 'ratio'], rows));
}

function time(work: () => void): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

const THROWN = Symbol('thrown');

function attempt<T>(work: () => T): T | typeof THROWN {
  try {
    return work();
  } catch {
    return THROWN;
  }
}

function medianTime(work: () => unknown): number {
  const first = time(work);
  return first > PATIENCE_MS ? first : median(Array.from({ length: 9 }, () => time(work)));
}

function never(): never {
  throw new Error('no such rules');
}
