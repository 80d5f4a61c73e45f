import { describe, expect, test } from '@jest/globals';
import { judgeCommits, keptCommits } from '../../../../actions/create-tag/src/bump/plan-bump.ts';
import type { BumpPolicy } from '../../../../actions/create-tag/src/bump/plan-message-bump.ts';

const policy: BumpPolicy = {
  rules: [],
  source: ['commits'],
  defaultBump: 'none',
  revert: 'cancel',
  breaking: 'footer',
  ignoreBodyAuthors: [],
};
const sha = (name: string) => name.repeat(40);
const reverts = (...names: string[]) => names.map((name) => `This reverts commit ${sha(name)}.`).join('\n');

/** A commit, a letter as its name, and its parents, by default none. */
type Named = readonly [name: string, message: string, parents?: string];

/** The bumps of commits, newest first, as `name bump`; only those in `counting` count. */
function judge(named: readonly Named[], counting = named.map(([name]) => name).join('')) {
  const listed = named.map(([name, message, parents = '']) => ({
    sha: sha(name),
    message,
    parents: [...parents].map(sha),
  }));
  const range = { commits: listed.filter((commit) => counting.includes(commit.sha[0] ?? '')), listed };
  const judged = judgeCommits(range, policy);
  const kept = keptCommits(range, policy).map((commit) => commit.sha[0]);
  return {
    bumps: judged.map((commit) => `${commit.sha[0]} ${commit.bump}`),
    rules: judged.map(({ rule }) => rule),
    releaseAs: judged.flatMap(({ releaseAs }) => releaseAs ?? []),
    kept: kept.join(''),
  };
}

const merge: Named = ['b', 'Merge pull request #10 from acme/f\n\nfeat: a', '0a'];
const feature: Named = ['a', 'feat: a', '0'];

describe('a revert and what it reverts', () => {
  test('count for nothing, neither in the version nor in the notes', () => {
    const { bumps, rules, kept } = judge([
      ['c', 'fix: c'],
      ['b', `Revert "feat: a"\n\n${reverts('a')}`],
      ['a', 'feat: a'],
    ]);
    expect(bumps).toEqual(['c patch', 'b none', 'a none']);
    expect(rules.slice(1)).toEqual(['cancels aaaaaaa', 'cancelled by bbbbbbb']);
    expect(kept).toBe('c');
  });

  test('ask for no version', () => {
    const named: Named[] = [
      ['b', `Revert "chore: a"\n\n${reverts('a')}`],
      ['a', 'chore: a\n\nRelease-As: 9.0.0'],
    ];
    expect(judge(named).releaseAs).toEqual([]);
  });

  test('are as many commits as it names', () => {
    const revert: Named = ['c', `Revert "the login"\n\n${reverts('b', 'a')}`];
    expect(judge([revert, ['b', 'feat: b'], ['a', 'feat: a']]).kept).toBe('');
  });

  test('take a part that was released already back as a patch', () => {
    const { bumps, kept } = judge([
      ['c', `Revert "the login"\n\n${reverts('b', 'f')}`],
      ['b', 'feat: b'],
    ]);
    expect(bumps).toEqual(['c patch', 'b none']);
    expect(kept).toBe('c');
  });

  test('may be named by the number of the pull request', () => {
    expect(
      judge([
        ['b', 'Revert "a" (#11)\n\nReverts acme/service#10'],
        ['a', 'feat: retitled (#10)'],
      ]).kept,
    ).toBe('');
    expect(judge([['c', 'Revert "a"\n\nReverts #10'], merge, feature]).kept).toBe('');
  });
});

describe('a reverted merge', () => {
  const revert: Named = [
    'c',
    `Revert "feat: a"\n\nThis reverts commit ${sha('b')}, reversing\nchanges made to ${sha('0')}.`,
    'b',
  ];
  const mergeOfRevert: Named = ['d', 'Merge pull request #11 from acme/revert-10-f\n\nRevert "feat: a"', 'bc'];

  test('takes along what it brought', () => {
    expect(judge([revert, merge, feature]).kept).toBe('');
    expect(judge([mergeOfRevert, revert, merge, feature]).kept).toBe('');
  });

  test('leaves what came to the trunk meanwhile', () => {
    const other: Named = ['e', 'fix: e', '0'];
    const later: Named = ['b', 'Merge pull request #10 from acme/f\n\nfeat: a', 'ea'];
    expect(judge([mergeOfRevert, revert, later, other, feature]).kept).toBe('e');
  });

  test('counts again when the revert is reverted', () => {
    const again: Named = ['e', `Reapply "feat: a"\n\n${reverts('d')}`, 'd'];
    const mergeOfAgain: Named = ['f', 'Merge pull request #12 from acme/again\n\nReapply "feat: a"', 'de'];
    const { bumps, kept } = judge([mergeOfAgain, again, mergeOfRevert, revert, merge, feature]);
    expect(kept).toBe('ba');
    expect(bumps).toEqual(['f none', 'e none', 'd none', 'c none', 'b minor', 'a minor']);
  });

  test('is empty when all that it brought is reverted', () => {
    expect(judge([['c', `Revert "feat: a"\n\n${reverts('a')}`, 'b'], merge, feature]).kept).toBe('');
    const two: Named = ['b', 'Merge pull request #10 from acme/f\n\nfeat: a', '0e'];
    expect(judge([['c', `Revert "feat: a"\n\n${reverts('a')}`, 'b'], two, ['e', 'fix: e', 'a'], feature]).kept).toBe(
      'be',
    );
  });

  test('may be known by its own first line', () => {
    const named: Named = ['c', `Revert "Merge pull request #10 from acme/f"`, 'b'];
    expect(judge([named, merge, feature]).kept).toBe('');
  });

  test('may say alone that its commits revert something', () => {
    const undo: Named = ['c', 'undo the login', 'b'];
    expect(judge([mergeOfRevert, undo, merge, feature]).kept).toBe('c');
  });

  test('is known by commits that do not count for the service', () => {
    const outside: Named = ['e', 'chore: elsewhere', 'a'];
    const two: Named = ['b', 'Merge pull request #10 from acme/f\n\nfeat: a', '0e'];
    expect(judge([revert, two, outside, feature], 'cba').kept).toBe('');
  });
});
