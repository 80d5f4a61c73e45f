import { forMarkdown } from '../untrusted.ts';
import { type BreakingScope, isBreaking, type ParsedCommit, parseCommits } from './parse-commit.ts';

/** A commit of the range that the notes are about; everything in it may be hostile. */
export interface ChangelogCommit {
  readonly sha: string;
  readonly message: string;
  /** The account of its author, where known. */
  readonly login?: string | undefined;
  /** Markdown that stands behind each entry instead of the link to the commit and a `(#1)` in its title. */
  readonly reference?: string;
  /** Markdown behind that, who made the change. */
  readonly credit?: string;
}

/** Where the commits live, and how long the notes may get. */
export interface ChangelogOptions {
  readonly serverUrl: string;
  /** `owner/name` of the repository of the commits. */
  readonly repository: string;
  /** Links pull requests too; in another repository GitHub would then show a cross-reference there. */
  readonly linkPulls?: boolean;
  /** Bytes of UTF-8; entries that do not fit are counted instead. */
  readonly maxLength?: number;
  /** Accounts whose first contribution is among the commits. */
  readonly newcomers?: readonly string[];
  /** Where a breaking change may be announced; by default in header or footer. */
  readonly breaking?: BreakingScope;
}

interface Entry {
  readonly section: string;
  readonly text: string;
}

const BREAKING = '⚠ Breaking changes';
const OTHER = 'Other changes';
const NEWCOMERS = 'First contributions';
// A type is any word, also `constructor`.
const SECTIONS: ReadonlyMap<string | undefined, string> = new Map([
  ['feat', 'Features'],
  ['feature', 'Features'],
  ['fix', 'Fixes'],
  ['perf', 'Performance'],
  ['revert', 'Reverts'],
  ['deps', 'Dependencies'],
]);
const ORDER = [BREAKING, 'Features', 'Fixes', 'Performance', 'Reverts', 'Dependencies', OTHER, NEWCOMERS];
const DEFAULT_MAX_LENGTH = 30_000;
const MAX_TEXT = 300;

/** Notes in Markdown from commits, newest first: grouped by kind, each linked to its commit; `''` without commits. */
export function renderChangelog(commits: readonly ChangelogCommit[], options: ChangelogOptions): string {
  const entries = [
    ...commits.flatMap((commit) => entriesOf(commit, options)),
    ...(options.newcomers ?? []).flatMap((login) => newcomerEntries(login, commits, options)),
  ];
  const lines: string[] = [];
  let length = 0;
  let left = entries.length;
  const room = (options.maxLength ?? DEFAULT_MAX_LENGTH) - 80;
  for (const section of ORDER) {
    const found = entries.filter((entry) => entry.section === section);
    for (const [index, { text }] of found.entries()) {
      const added = index === 0 ? [`### ${section}`, '', text] : [text];
      length += added.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 1);
      if (length > room) return [...lines, '', `… and ${left} more changes`].join('\n').trim();
      if (index === 0 && lines.length > 0) lines.push('');
      lines.push(...added);
      left--;
    }
  }
  return lines.join('\n');
}

function entriesOf(commit: ChangelogCommit, options: ChangelogOptions): Entry[] {
  return parseCommits(commit.message).flatMap((part, index) => {
    const credit = commit.credit === undefined ? '' : `, ${commit.credit}`;
    const link = `${commit.reference ?? linkTo(commit.sha, options)}${credit}`;
    const breaking = breakingTexts(part, options).map((text) => ({
      section: BREAKING,
      text: `- ${scopeText(part)}${shown(text)} (${link})`,
    }));
    const own = { section: SECTIONS.get(part.type) ?? OTHER, text: `- ${lineOf(part, commit, options)} (${link})` };
    // A merge commit repeats what the merged commits say.
    const skipped = index === 0 && part.type === undefined && /^Merge /.test(part.header);
    return skipped ? breaking : [...breaking, own];
  });
}

function newcomerEntries(login: string, commits: readonly ChangelogCommit[], options: ChangelogOptions): Entry[] {
  const first = commits.findLast((commit) => commit.login === login);
  if (first === undefined) return [];
  const profile = `[${shown(login)}](${options.serverUrl}/${encodeURIComponent(login)})`;
  return [{ section: NEWCOMERS, text: `- ${profile} (${first.reference ?? linkTo(first.sha, options)})` }];
}

function breakingTexts(part: ParsedCommit, { breaking }: ChangelogOptions): readonly string[] {
  if (!isBreaking(part, breaking)) return [];
  return part.breakingNotes.length > 0 ? part.breakingNotes : [part.description];
}

function lineOf(part: ParsedCommit, { reference }: ChangelogCommit, options: ChangelogOptions): string {
  const pull = / \(#(\d{1,9})\)$/.exec(part.description);
  if (pull !== null && reference !== undefined)
    return `${scopeText(part)}${shown(part.description.slice(0, pull.index))}`;
  if (pull === null || options.linkPulls !== true) return `${scopeText(part)}${shown(part.description)}`;
  const url = `${options.serverUrl}/${options.repository}/pull/${pull[1]}`;
  return `${scopeText(part)}${shown(part.description.slice(0, pull.index))} ([#${pull[1]}](${url}))`;
}

function scopeText({ scope }: ParsedCommit): string {
  return scope === undefined ? '' : `**${shown(scope)}:** `;
}

function shown(text: string): string {
  return forMarkdown(text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`);
}

function linkTo(sha: string, { serverUrl, repository }: ChangelogOptions): string {
  return `[${sha.slice(0, 7)}](${serverUrl}/${repository}/commit/${sha})`;
}
