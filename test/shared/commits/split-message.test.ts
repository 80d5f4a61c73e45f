import { describe, expect, test } from '@jest/globals';
import { isBreaking, parseCommits } from '#shared/commits/parse-commit.ts';
import { overrideIn } from '#shared/commits/split-message.ts';

const headers = (message: string) => parseCommits(message).map(({ header }) => header);
const code = (...lines: string[]) => ['```', ...lines, '```'].join('\n');

describe('several commits in one message', () => {
  test('are paragraphs that start with a usual type', () => {
    expect(headers('fix: a\n\nbody\n\nfeat(x)!: b\n\nmore')).toEqual(['fix: a', 'feat(x)!: b']);
    expect(headers('fix: a\n\n* feat: b\n\nnote: c\n\nfeat: ')).toEqual(['fix: a']);
  });

  test('are blocks of nested commits, and the rest belongs to the first', () => {
    const message =
      'chore: a\n\nBEGIN_NESTED_COMMIT\nfeat(x): b\nEND_NESTED_COMMIT\nBEGIN_NESTED_COMMIT\nfix: c\n\nBREAKING CHANGE: d\nEND_NESTED_COMMIT\n\nRelease-As: 3.0.0';
    expect(headers(message)).toEqual(['chore: a', 'feat(x): b', 'fix: c']);
    expect(parseCommits(message).map((commit) => isBreaking(commit))).toEqual([false, false, true]);
    expect(parseCommits(message)[0]?.releaseAs).toBe('3.0.0');
  });

  test('are not read in code', () => {
    expect(headers(`docs: a\n\n${code('fix: b', '', 'feat!: c')}\n\nfix: d`)).toEqual(['docs: a', 'fix: d']);
    expect(headers(`docs: a\n\n${code('BEGIN_NESTED_COMMIT', 'feat: b', 'END_NESTED_COMMIT')}`)).toEqual(['docs: a']);
    expect(headers(`docs: a\n\n${code('BEGIN_COMMIT_OVERRIDE', 'feat: b', 'END_COMMIT_OVERRIDE')}`)).toEqual([
      'docs: a',
    ]);
  });
});

describe('an override', () => {
  const block = 'BEGIN_COMMIT_OVERRIDE\nfix: b\n\nfix: c\nEND_COMMIT_OVERRIDE';

  test.each([
    ['of lines', `feat!: a\n\n${block}`],
    ['with other line breaks', `feat!: a\n\n${block}`.replaceAll('\n', '\r\n')],
    ['in a comment', `feat!: a\n\n<!--\n${block}\n-->`],
  ])('%s replaces the message', (_, message) => {
    expect(headers(message)).toEqual(['fix: b', 'fix: c']);
  });

  test.each([
    'feat!: a\n\nBEGIN_COMMIT_OVERRIDE',
    'feat!: a\n\nBEGIN_COMMIT_OVERRIDE\n\nEND_COMMIT_OVERRIDE',
    'feat!: a\n\nText between BEGIN_COMMIT_OVERRIDE and END_COMMIT_OVERRIDE is taken.',
    'feat!: a\n\nBEGIN_COMMIT_OVERRIDE and\nEND_COMMIT_OVERRIDE are explained.',
  ])('is not %j', (message) => {
    expect(headers(message)).toEqual(['feat!: a']);
  });

  test('in the body of a pull request may be shown as code', () => {
    expect(overrideIn(`Text\r\n\r\n${code(block)}`)).toBe('fix: b\n\nfix: c');
  });
});

describe('the message of a merge commit', () => {
  test.each([
    ['GitHub', 'Merge pull request #12 from a/b\n\nfeat!: login'],
    ['GitLab', "Merge branch 'b' into 'main'\n\nfeat!: login\n\nSee merge request a/b!12"],
    ['Bitbucket', 'Merged in b (pull request #12)\n\nfeat!: login\n\nApproved-by: Z'],
    ['Bitbucket Data Center', 'Pull request #12: feat!: login\n\nMerge in A/b from c to main'],
    ['Azure DevOps', 'Merged PR 12: feat!: login'],
    ['Gitea', "Merge pull request 'feat!: login' (#12) from a/b into main\n\nReviewed-on: https://example.com/12"],
  ])('by %s is that of what was merged', (_, message) => {
    expect(parseCommits(message)).toMatchObject([{ type: 'feat', description: 'login', breakingIn: 'header' }]);
  });

  test('has the footers of what was merged', () => {
    const [commit] = parseCommits('Merge pull request #12 from a/b\n\nfeat: login\n\nRelease-As: 2.0.0');
    expect(commit).toMatchObject({ header: 'feat: login', releaseAs: '2.0.0' });
  });

  test.each([
    ['GitHub', 'Merge pull request #12 from a/revert-b\n\nRevert "feat: a"'],
    ['Azure DevOps', 'Merged PR 12: Revert "feat: a"'],
    ['Gitea', `Merge pull request 'Revert "feat: a"' (#12) from revert into main`],
  ])('by %s may be a revert', (_, message) => {
    expect(parseCommits(message)).toMatchObject([{ type: 'revert', revert: { header: 'feat: a' } }]);
  });

  test.each([
    "Merge branch 'main' into x",
    'Merge pull request #12 from a/b\n\nAdd the login',
    "Merge branch 'b'\n\nSigned-off-by: Z <z@example.com>",
    "Merge branch 'b'\n\nco-authored-by: Z <z@example.com>\nChange-Id: I0123",
    'Merged in b (pull request #12)\n\nApproved-by: Z',
    'Merged PR 12: Add the login',
    "Merge pull request 'Add: the login",
    "Merge pull request 'The login' (#12) from a/b into main\n\nReviewed-on: https://example.com/12",
  ])('%j is as it stands', (message) => {
    expect(parseCommits(message)).toMatchObject([{ header: message.split('\n')[0], type: undefined }]);
  });

  test('may have footers only', () => {
    const [commit] = parseCommits("Merge branch 'b'\n\nRelease-As: 2.0.0");
    expect(commit).toMatchObject({ type: undefined, releaseAs: '2.0.0' });
  });
});
