import { describe, expect, test } from '@jest/globals';
import { parseOpenPull } from '../../../../actions/create-tag/src/history/parse-open-pull.ts';
import { planMergeWays } from '../../../../actions/create-tag/src/history/plan-merge-ways.ts';

const [one, two] = [['feat: a\n\nbody of a'], ['feat: a\n\nbody of a', 'fix: b']];

function messages(repo: Record<string, unknown>, own: readonly string[] = two, more: Record<string, unknown> = {}) {
  const base = { sha: 'b'.repeat(40), repo };
  const head = { sha: 'a'.repeat(40), label: 'ada:topic' };
  const pull = parseOpenPull({ pull_request: { number: 7, title: 'T', body: 'B', base, head, ...more } });
  if (pull === undefined) throw new Error('the event has a pull request');
  return planMergeWays(pull, own).map(({ method, message }) => `${method}: ${message}`);
}

describe('the message of a squash', () => {
  const list = '* feat: a\n\nbody of a\n\n* fix: b';
  test.each([
    ['COMMIT_OR_PR_TITLE', 'COMMIT_MESSAGES', one, 'feat: a (#7)\n\nbody of a'],
    ['COMMIT_OR_PR_TITLE', 'COMMIT_MESSAGES', two, `T (#7)\n\n${list}`],
    ['PR_TITLE', 'COMMIT_MESSAGES', one, 'T (#7)\n\n* feat: a\n\nbody of a'],
    ['PR_TITLE', 'PR_BODY', two, 'T (#7)\n\nB'],
    ['PR_TITLE', 'BLANK', two, 'T (#7)'],
  ])('by the settings %s and %s', (title, message, own, text) => {
    const settings = { squash_merge_commit_title: title, squash_merge_commit_message: message };
    const only = { allow_merge_commit: false, allow_rebase_merge: false };
    expect(messages({ ...only, ...settings }, own)).toEqual([`squash: ${text}`]);
  });
});

describe('the message of a merge commit', () => {
  test.each([
    ['MERGE_MESSAGE', 'PR_TITLE', 'Merge pull request #7 from ada/topic\n\nT'],
    ['PR_TITLE', 'PR_BODY', 'T (#7)\n\nB'],
    ['PR_TITLE', 'BLANK', 'T (#7)'],
  ])('by the settings %s and %s', (title, message, text) => {
    const settings = { merge_commit_title: title, merge_commit_message: message };
    const only = { allow_squash_merge: false, allow_rebase_merge: false };
    expect(messages({ ...only, ...settings })).toEqual([`merge: ${text}`]);
  });
});

test('a rebase writes none', () => {
  expect(messages({ allow_squash_merge: false, allow_merge_commit: false })).toEqual(['rebase: undefined']);
});

test('auto-merge says how and with which message', () => {
  const auto_merge = { merge_method: 'squash', commit_title: 'feat: chosen (#7)', commit_message: 'text' };
  expect(messages({}, two, { auto_merge })).toEqual(['squash: feat: chosen (#7)\n\ntext']);
  expect(messages({}, two, { auto_merge: { merge_method: 'rebase', commit_title: 'x' } })).toEqual([
    'rebase: undefined',
  ]);
});

test('settings that the event does not tell may have any value, each message once', () => {
  const squash = { allow_merge_commit: false, allow_rebase_merge: false };
  expect(messages(squash, one, { body: '' })).toEqual([
    'squash: T (#7)',
    'squash: T (#7)\n\n* feat: a\n\nbody of a',
    'squash: feat: a (#7)',
    'squash: feat: a (#7)\n\nbody of a',
  ]);
});

test.each([
  [{}],
  [{ pull_request: { number: 7, title: 'T' } }],
  [{ pull_request: { number: 7, title: 'T', merged: true, base: { sha: 'b' } } }],
])('the event %j has no open pull request', (event) => {
  expect(parseOpenPull(event)).toBeUndefined();
});
