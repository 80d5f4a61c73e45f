import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const PACKAGES = [
  'conventional-commits-parser@6.4.0',
  '@conventional-commits/parser@0.4.1',
  '@semantic-release/commit-analyzer@13.0.1',
  'conventional-changelog-angular@8.3.1',
];

/** A commit as semantic-release sees it. */
interface AnalyzedCommit {
  readonly hash: string;
  readonly message: string;
}

/** What others do with a message; each may throw. */
export interface Peers {
  /** semantic-release's parser; gives the type, undefined where it finds no header. */
  readonly conventionalCommitsParser: (message: string) => string | undefined;
  /** release-please's parser; gives the type. */
  readonly releasePleaseParser: (message: string) => string | undefined;
  /** semantic-release's decision: the step. */
  readonly commitAnalyzer: (commits: readonly AnalyzedCommit[]) => Promise<string | null>;
}

// Resolved from their own folder, as a project that uses them would.
const ENTRY = `export { CommitParser } from 'conventional-commits-parser';
export { parser } from '@conventional-commits/parser';
export { analyzeCommits } from '@semantic-release/commit-analyzer';
`;

interface Loaded {
  readonly CommitParser: new () => { parse(message: string): { type?: string | null } };
  readonly parser: (message: string) => TreeNode;
  readonly analyzeCommits: (options: object, context: object) => Promise<string | null>;
}

interface TreeNode {
  readonly type: string;
  readonly value?: string;
  readonly children?: readonly TreeNode[];
}

/** Installs the peers from npm into `folder`, which stays free of our own dependencies, and loads them. */
export async function installPeers(folder: string): Promise<Peers> {
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  await execute('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...PACKAGES], { cwd: folder });
  await writeFile(join(folder, 'index.js'), ENTRY);
  const { parser, CommitParser, analyzeCommits } = (await import(
    pathToFileURL(join(folder, 'index.js')).href
  )) as Loaded;
  const commitParser = new CommitParser();
  return {
    conventionalCommitsParser: (message) => commitParser.parse(message).type ?? undefined,
    releasePleaseParser: (message) => typeIn(parser(message)),
    commitAnalyzer: (commits) => analyzeCommits({}, { commits, cwd: folder, logger: { log() {} } }),
  };
}

function typeIn(node: TreeNode): string | undefined {
  if (node.type === 'type') return node.value;
  for (const child of node.children ?? []) {
    const found = typeIn(child);
    if (found !== undefined) return found;
  }
  return undefined;
}
