import { getExecOutput } from '@actions/exec';
import { textOfError, UserError } from '../errors.ts';
import { backoffMs, retry, systemTimer, type Timer } from '../retry.ts';
import {
  type FileChange,
  parseCommit,
  parseRawDiff,
  parseStagedFiles,
  splitNul,
  type TrackedFile,
} from './parse-git.ts';

/** A commit as its object says it: in a shallow clone the parents are named although their objects are missing. */
export interface Commit {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly message: string;
}

/** A local git repository; every method starts `git` without a shell, a prompt or a locale. */
export interface Git {
  /** The absolute folder of the checkout. */
  readonly folder: string;
  isShallow(): Promise<boolean>;
  /** The commit that `revision` names, or undefined where it is unknown here. Tags are followed. */
  readCommit(revision: string): Promise<Commit | undefined>;
  /** All tracked files with their blob ids; submodules are not among them. */
  listFiles(): Promise<TrackedFile[]>;
  /** The files that differ between two commits' trees; a rename is a deletion and an addition. */
  diff(base: string, head: string): Promise<FileChange[]>;
  /** The best common ancestor, or undefined where the local history shows none. */
  mergeBase(one: string, other: string): Promise<string | undefined>;
  /** The text of a file in a commit, or undefined where the commit has no such file. */
  readBlob(commit: string, path: string): Promise<string | undefined>;
  /** Fetches commits or refs from `origin`; resolves to git's message when it failed, to undefined when it worked. */
  fetch(refs: readonly string[], options?: { depth?: number }): Promise<string | undefined>;
  /** Tracked files that contain one of the `literals`; `extensions` narrows the search (`py`, `ts`). */
  filesContaining(literals: readonly string[], extensions: readonly string[]): Promise<string[]>;
}

interface GitResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const FETCH_BUDGET_MS = 30_000;
// Answers that a second attempt cannot change.
const FINAL_FETCH_ERRORS =
  /not our ref|[Ii]nvalid refspec|couldn't find remote ref|does not appear to be a git repository|No such remote|Authentication failed|could not read Username|Permission denied|Repository not found|returned error: 40[134]/;

/** Opens the repository that `folder` is in. Throws UserError `not-a-repository` where there is none. */
export async function openGit(folder: string, options: { timer?: Timer } = {}): Promise<Git> {
  const found = await startGit(folder, ['rev-parse', '--show-toplevel']).catch(toMissing);
  if (found.exitCode !== 0) {
    throw new UserError('not-a-repository', `git finds no repository in ${folder}: ${found.stderr.trim()}`, {
      remedy: 'Run `actions/checkout` before this step, and set `root` to a folder inside the checkout.',
    });
  }
  const top = found.stdout.replace(/\r?\n$/, '');
  return connectGit(top, options.timer ?? systemTimer);
}

function connectGit(folder: string, timer: Timer): Git {
  const git = (args: readonly string[], input?: string) => startGit(folder, args, input);
  return {
    folder,
    isShallow: async () => (await succeed(git, ['rev-parse', '--is-shallow-repository'])).trim() === 'true',
    readCommit: (revision) => readCommit(git, revision),
    listFiles: async () => parseStagedFiles(await succeed(git, ['ls-files', '-z', '--stage'])),
    diff: async (base, head) =>
      parseRawDiff(
        await succeed(git, [
          ...['diff', '--raw', '-z', '--no-abbrev', '--no-renames', '--no-ext-diff', '--ignore-submodules=none'],
          ...['--end-of-options', base, head, '--'],
        ]),
      ),
    async mergeBase(one, other) {
      const { exitCode, stdout } = await git(['merge-base', '--end-of-options', one, other]);
      return exitCode === 0 ? stdout.trim() : undefined;
    },
    async readBlob(commit, path) {
      const { exitCode, stdout } = await git(['cat-file', 'blob', `${commit}:${path}`]);
      return exitCode === 0 ? stdout : undefined;
    },
    fetch: (refs, options = {}) => fetchRefs(git, timer, { refs, depth: options.depth }),
    filesContaining: (literals, extensions) => filesContaining(git, literals, extensions),
  };
}

type StartGit = (args: readonly string[], input?: string) => Promise<GitResult>;

async function readCommit(git: StartGit, revision: string): Promise<Commit | undefined> {
  if (/[\s\0]/.test(revision) || revision === '') return undefined;
  const { stdout } = await git(['cat-file', '--batch'], `${revision}^{commit}\n`);
  return parseCommit(stdout);
}

async function fetchRefs(
  git: StartGit,
  timer: Timer,
  { refs, depth }: { refs: readonly string[]; depth: number | undefined },
): Promise<string | undefined> {
  const depthArguments = depth === undefined ? [] : [`--depth=${depth}`];
  const options = ['--quiet', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head', ...depthArguments];
  try {
    await retry(
      () => succeed(git, ['-c', 'gc.auto=0', 'fetch', ...options, '--end-of-options', 'origin', ...refs]),
      (error, attempt) =>
        attempt >= 3 || FINAL_FETCH_ERRORS.test(textOfError(error))
          ? { retry: false }
          : { retry: true, afterMs: backoffMs(attempt, timer) },
      { timer, budgetMs: FETCH_BUDGET_MS },
    );
    return undefined;
  } catch (error) {
    return textOfError(error);
  }
}

async function filesContaining(
  git: StartGit,
  literals: readonly string[],
  extensions: readonly string[],
): Promise<string[]> {
  if (literals.length === 0) return [];
  const patterns = literals.flatMap((literal) => ['-e', literal]);
  const places = extensions.map((extension) => `:(glob)**/*.${extension}`);
  const { exitCode, stdout, stderr } = await git(['grep', '-l', '-z', '-F', '-I', ...patterns, '--', ...places]);
  if (exitCode > 1) throw failureOf(['grep'], { exitCode, stdout, stderr });
  return splitNul(stdout);
}

async function succeed(git: StartGit, args: readonly string[]): Promise<string> {
  const result = await git(args);
  if (result.exitCode !== 0) throw failureOf(args, result);
  return result.stdout;
}

function failureOf(args: readonly string[], result: GitResult): Error {
  const command = args.find((argument) => /^[a-z]/.test(argument) && !argument.includes('=')) ?? '';
  return new Error(`git ${command} ended with exit code ${result.exitCode}: ${result.stderr.trim()}`);
}

function toMissing(error: unknown): GitResult {
  return { exitCode: 127, stdout: '', stderr: textOfError(error) };
}

function startGit(folder: string, args: readonly string[], input?: string): Promise<GitResult> {
  // A container job owns the checkout by another user; git accepts this setting from the command line only.
  const trusted = ['-c', `safe.directory=${folder}`, '-c', 'safe.directory=*'];
  return getExecOutput('git', [...trusted, ...args], {
    cwd: folder,
    silent: true,
    ignoreReturnCode: true,
    env: { ...definedVariables(process.env), LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' },
    ...(input === undefined ? {} : { input: Buffer.from(input, 'utf8') }),
  });
}

function definedVariables(environment: NodeJS.ProcessEnv): Record<string, string> {
  const defined = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(defined);
}
