import { renderChangelog } from '#shared/commits/render-changelog.ts';
import { forMarkdown } from '#shared/untrusted.ts';
import type { DeployFacts, RangeCommit } from '../facts/deploy-facts.ts';

/** The commits between the versions, grouped by kind, with their pull requests and authors. */
export function renderChanges(facts: DeployFacts, maxLength: number): string {
  const { range, direction, serverUrl, sourceRepository } = facts;
  const title = direction === 'rollback' ? '## What is taken back' : '## What is new';
  if (range === undefined) {
    return `${title}\n\nThe changes between the two versions could not be read from the service's repository.`;
  }
  const commits = range.commits.map((commit) => ({
    ...commit,
    reference: referenceOf(commit, facts),
    ...(commit.author === '' ? {} : { credit: `by ${forMarkdown(commit.author.slice(0, 60))}` }),
  }));
  const { newcomers } = range;
  const options = { serverUrl, repository: sourceRepository, newcomers, maxLength: maxLength - 300 };
  const log = renderChangelog(commits, options);
  const older = range.totalCommits - range.commits.length;
  const parts = [log === '' ? 'No commits.' : log.replace(/^### /gm, '#### ')];
  if (older > 0) parts.push(`… and ${older} older commits`);
  return `${title}\n\n${parts.join('\n\n')}`;
}

// A link to a pull request on github.com would show this pull request in the timeline of the other; the redirect does not.
function referenceOf(commit: RangeCommit, { serverUrl, sourceRepository }: DeployFacts): string {
  const links = [`[${commit.sha.slice(0, 7)}](${serverUrl}/${sourceRepository}/commit/${commit.sha})`];
  if (commit.pull !== undefined) {
    const text = forMarkdown(`#${commit.pull}`);
    const canLink = serverUrl === 'https://github.com';
    const url = `https://redirect.github.com/${sourceRepository}/pull/${commit.pull}`;
    links.unshift(canLink ? `[${text}](${url})` : text);
  }
  return links.join(', ');
}
