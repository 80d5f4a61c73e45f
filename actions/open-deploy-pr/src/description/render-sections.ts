import { renderDetails, renderTable } from '#shared/markdown/table.ts';
import { forCode, forCodeBlock, forMarkdown } from '#shared/untrusted.ts';
import type { DeployFacts } from '../facts/deploy-facts.ts';
import { directionOf } from '../facts/plan-direction.ts';
import type { Risk } from '../facts/plan-risk.ts';
import { renderList } from './render-list.ts';

/** What is deployed where: one sentence, a table, the risk and the reason. */
export function renderHeader(facts: DeployFacts, risk: Risk): string {
  const { service, environment, image, direction, range, proof } = facts;
  const rows = [
    ['service', forCode(service)],
    ['environment', forCode(environment)],
    ['version', `${versionStep(facts)} (${direction})`],
    ['image', forCode(image)],
    ['digest', shownDigest(facts)],
    ...(range === undefined ? [] : [['changes', compareLink(facts)]]),
    ...(proof === undefined
      ? []
      : [['verified', `in ${forCode(proof.environment)} since ${shownTime(proof.verifiedAt)}`]]),
  ];
  const marks = { low: '🟢', medium: '🟡', high: '🔴' };
  const parts = [
    renderTable(['deployment', ''], rows),
    `**Risk: ${risk.level}** ${marks[risk.level]} — ${risk.facts.map(forMarkdown).join(', ')}`,
  ];
  const hotfix = hotfixNote(facts);
  if (hotfix !== undefined) parts.push(hotfix);
  if (facts.owners.length > 0) parts.push(`**Code owners:** ${facts.owners.slice(0, 20).map(forCode).join(', ')}`);
  if (facts.reason !== '') parts.push(`**Reason:** ${forMarkdown(facts.reason.slice(0, 500))}`);
  return parts.join('\n\n');
}

/** The migrations and what they mean for going back; `''` when there are none. */
export function renderMigrations({ migrations, direction, range }: DeployFacts): string {
  if (migrations.length === 0) {
    if (range?.isFileListComplete !== false) return '';
    return '## Migrations\n\nGitHub names only 300 of the changed files, and there is no migration among them. Look at the others.';
  }
  const warning =
    direction === 'rollback'
      ? '⚠️ **These migrations lie between the two versions and are not undone by this pull request.** The older code must work with the newer schema.'
      : '⚠️ **Forward only:** rolling back the code leaves the schema as these migrations made it.';
  const files = migrations.map(({ path, status }) => `- ${forCode(path)}${status === 'added' ? '' : ` (${status})`}`);
  return `## Migrations\n\n${warning}\n\n${renderList(files, 3500)}`;
}

/** The files with feature flags that changed; `''` when there are none. */
export function renderFlags({ flags }: DeployFacts): string {
  if (flags.length === 0) return '';
  const files = flags.map(({ path }) => `- ${forCode(path)}`);
  return `## Feature flags touched\n\n${renderList(files, 1500)}`;
}

/** The changed lines of the GitOps repository. */
export function renderDiff({ branch }: DeployFacts): string {
  const lines = branch.diff.flatMap((change, index) => [
    ...(branch.diff[index - 1]?.file === change.file ? [] : [`--- ${change.file}`]),
    `@@ line ${change.line} @@`,
    `-${change.old.slice(0, 300)}`,
    `+${change.new.slice(0, 300)}`,
  ]);
  const text = cutLines(lines, 6000);
  const unseen = branch.unseenFiles.map(
    (file) => `- ${forCode(file)} is changed as a whole: see the files of this pull request`,
  );
  const shown = text === '' ? [] : [forCodeBlock(text, 'diff')];
  return renderDetails(
    'Values diff',
    [...shown, ...(unseen.length > 0 ? [renderList(unseen, 1500)] : [])].join('\n\n'),
  );
}

/** What the reviewer ticks. */
export function renderChecklist({ checklist, migrations, flags, direction }: DeployFacts): string {
  const items = [
    ...checklist,
    ...(migrations.length > 0 && direction !== 'rollback'
      ? ['The migrations are backward compatible with the version that runs now']
      : []),
    ...(migrations.length > 0 && direction === 'rollback' ? ['The older code works with the migrated schema'] : []),
    ...(flags.length > 0 ? ['The feature flags are right for this environment'] : []),
  ];
  if (items.length === 0) return '';
  return `## Checklist\n\n${renderList(
    items.map((item) => `- [ ] ${forMarkdown(item.slice(0, 300))}`),
    3500,
  )}`;
}

/** How to undo it: the version to go back to and the one input that does it. */
export function renderRollback(facts: DeployFacts): string {
  const { environment, lastVerified, previousVersion, migrations, direction } = facts;
  const target = lastVerified ?? previousVersion;
  const known =
    lastVerified === undefined
      ? 'No deployment record tells which version was verified here last.'
      : `The last version that was verified in ${forCode(environment)} is ${forCode(lastVerified)}.`;
  const how =
    target === undefined
      ? 'Revert the merge commit of this pull request.'
      : `Run the open-deploy workflow with \`mode: ${modeTo(target, facts)}\` and set its input \`version\` to ${forCode(target)}; or revert the merge commit.`;
  const schema =
    migrations.length > 0 && direction !== 'rollback'
      ? ' The migrations above stay: the older code must work with them.'
      : '';
  return `## How to roll back\n\n${known} ${how}${schema}`;
}

/** Since when the changes wait: fixed dates, so that the text stays true and the same. */
export function renderLeadTime({ range, direction }: DeployFacts): string {
  const [newest, oldest] = [range?.commits[0], range?.commits.at(-1)];
  if (newest === undefined || oldest === undefined || direction === 'rollback') return '';
  const first = `The newest change was committed on ${shownTime(newest.date)}`;
  return newest === oldest || range?.totalCommits !== range?.commits.length
    ? `**Lead time:** ${first}.`
    : `**Lead time:** ${first}, the oldest that waits on ${shownTime(oldest.date)}.`;
}

function versionStep({ previousVersion, version }: DeployFacts): string {
  return `${previousVersion === undefined ? 'unknown' : forCode(previousVersion)} → ${forCode(version)}`;
}

function shownDigest({ digest, branch }: DeployFacts): string {
  if (digest === undefined) return 'not pinned';
  return branch.digest === undefined ? `${forCode(digest)} (not pinned)` : forCode(digest);
}

// What takes a rollback back goes forward again.
function modeTo(target: string, { version, previousVersion, direction }: DeployFacts): 'deploy' | 'rollback' {
  const step = directionOf(version, target);
  const isTakenBack = step === 'unknown' && direction === 'rollback' && target === previousVersion;
  return step === 'forward' || isTakenBack ? 'deploy' : 'rollback';
}

function hotfixNote({ mode, skippedProof }: DeployFacts): string | undefined {
  if (mode !== 'hotfix') return undefined;
  const skipped = skippedProof === undefined ? '' : ` It did not wait to be verified in ${forCode(skippedProof)}.`;
  return `🚑 **Emergency release.**${skipped}`;
}

function compareLink({ serverUrl, sourceRepository, range, direction }: DeployFacts): string {
  if (range === undefined) return '';
  const isBack = range.status === 'behind' || (range.status === 'diverged' && direction === 'rollback');
  const names = isBack ? [range.ref, range.previousRef] : [range.previousRef, range.ref];
  const path = names.map(encodeURIComponent).join('...');
  const count = `${range.totalCommits} ${range.totalCommits === 1 ? 'commit' : 'commits'}`;
  return `[${count}](${serverUrl}/${sourceRepository}/compare/${path})${isBack ? ' that go away' : ''}`;
}

function shownTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

function cutLines(lines: readonly string[], maxLength: number): string {
  let length = 0;
  const fitting = lines.filter((line) => {
    length += line.length + 1;
    return length <= maxLength;
  });
  return [...fitting, ...(fitting.length < lines.length ? ['… cut'] : [])].join('\n');
}
