import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ParsedCommit, parseCommit, parseCommits } from '#shared/commits/parse-commit.ts';

describe('the header', () => {
  const table: readonly (readonly [string, Partial<ParsedCommit>])[] = [
    ['feat: a', { type: 'feat', scope: undefined, breakingIn: undefined, description: 'a' }],
    ['Feat(API)!: a', { type: 'feat', scope: 'API', breakingIn: 'header' }],
    ['feat!: a', { type: 'feat', breakingIn: 'header' }],
    ['feat!(api): a', { type: 'feat', scope: 'api', breakingIn: 'header' }],
    ['feat(api)!!: a', { type: 'feat', scope: 'api', breakingIn: 'header' }],
    ['\u200bfeat\u200e!\u2060: a', { type: 'feat', breakingIn: 'header', header: 'feat!: a' }],
    ['fix(@org/x): a', { scope: '@org/x' }],
    ['fix(a/b): a', { scope: 'a/b' }],
    ['fix(foo (bar)): a', { scope: 'foo (bar)', description: 'a' }],
    ['fix(): a', { type: 'fix', scope: undefined }],
    ['fix:a', { type: 'fix', description: 'a' }],
    ['fix: a (b): c', { type: 'fix', scope: undefined, description: 'a (b): c' }],
    ['  chore(deps): a  ', { type: 'chore', scope: 'deps', header: 'chore(deps): a' }],
    ['ci-fix: a', { type: 'ci-fix' }],
    ['https://example.com is down', { type: undefined, description: 'https://example.com is down' }],
    ['std::string is gone', { type: undefined }],
    ['fixup! feat: a', { type: undefined }],
    ['Update README', { type: undefined, description: 'Update README' }],
    ['', { type: undefined, header: '', description: '' }],
  ];
  test.each(table)('%j', (message, expected) => {
    expect(parseCommit(message)).toMatchObject(expected);
  });
});

describe('a revert', () => {
  const sha = '0123456789abcdef0123456789abcdef01234567';
  const table: readonly (readonly [string, ParsedCommit['revert']])[] = [
    [`Revert "feat: a (#1)" (#2)\n\nThis reverts commit ${sha}.`, { header: 'feat: a (#1)', shas: [sha], pulls: [] }],
    ['Revert "feat: a (#1)" (#2)\n\nReverts acme/x#1', { header: 'feat: a (#1)', shas: [], pulls: [1] }],
    ['Revert "Revert "feat: a""', { header: 'Revert "feat: a"', shas: [], pulls: [] }],
    ['Revert^2 "feat: a"', { header: 'Revert "feat: a"', shas: [], pulls: [] }],
    ['Revert^3 "feat: a"', { header: 'Revert^2 "feat: a"', shas: [], pulls: [] }],
    ['Reapply "feat: a"', { header: 'Revert "feat: a"', shas: [], pulls: [] }],
    [`Revert "feat: a"\n\nThis reverts commit ${sha}.\n\nRefs: 676104e`, { header: 'feat: a', shas: [sha], pulls: [] }],
    [
      `Revert "a"\n\nThis reverts commits ${sha},\n1234567 and 89abcde.\nThis reverts commit fedcba9.`,
      { header: 'a', shas: [sha, '1234567', '89abcde', 'fedcba9'], pulls: [] },
    ],
    ['revert: feat: a\n\nRefs: 676104e, a215868', { header: 'feat: a', shas: ['676104e', 'a215868'], pulls: [] }],
  ];
  test.each(table)('%j', (message, revert) => {
    expect(parseCommit(message)).toMatchObject({ type: 'revert', revert });
  });

  test('is not every sentence with the word', () => {
    expect(parseCommit('Revert the login').revert).toBeUndefined();
  });
});

describe('whatever the message', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'feat(a)!: b',
      'BREAKING CHANGE: x',
      'Release-As: v1',
      '```',
      '~~~~ a',
      '<!--',
      '-->',
      '',
      'BEGIN_NESTED_COMMIT',
      'Revert "',
      ')(',
    ),
  );
  const message = fc.array(line, { maxLength: 20 }).map((lines) => lines.join('\n'));

  test('the parser never throws and always tells a header', () => {
    fc.assert(
      fc.property(message, (text) => {
        const commits = parseCommits(text);
        expect(commits.length).toBeGreaterThan(0);
        for (const { header } of commits) expect(header).not.toContain('\n');
      }),
      { numRuns: 500 },
    );
  });

  test('the kind of line breaks makes no difference', () => {
    fc.assert(
      fc.property(message, fc.constantFrom('\r\n', '\r'), (text, lineBreak) => {
        fc.pre(!text.includes('\r'));
        expect(parseCommits(text.replaceAll('\n', lineBreak))).toEqual(parseCommits(text));
      }),
    );
  });

  test('a valid header is never lost', () => {
    const word = fc.stringMatching(/^[a-z]{1,10}$/);
    fc.assert(
      fc.property(
        word,
        fc.option(word),
        fc.boolean(),
        fc.stringMatching(/^[ -~]{0,30}x$/),
        message,
        (type, scope, bang, rest, body) => {
          const description = rest.trim();
          fc.pre(!/^(\/\/|:)/.test(description));
          const header = `${type}${scope === null ? '' : `(${scope})`}${bang ? '!' : ''}: ${description}`;
          const commit = parseCommit(`${header}\n\n${body}`);
          expect(commit).toMatchObject({ type, scope: scope ?? undefined, description });
          if (bang) expect(commit.breakingIn).toBe('header');
        },
      ),
    );
  });

  test('a footer below an empty line is never lost', () => {
    fc.assert(
      fc.property(message, (body) => {
        fc.pre(!/^(?:BEGIN|END)_/m.test(body));
        const commits = parseCommits(`chore: a\n\n${body}\n\nReviewed-by: Z\n  Y\nBREAKING CHANGE:b\nRelease-As:3.0.0`);
        const last = commits.find(({ releaseAs }) => releaseAs === '3.0.0');
        expect(last?.breakingNotes).toContain('b');
        expect(last?.breakingIn).toMatch(/^(?:header|footer)$/);
      }),
      { numRuns: 500 },
    );
  });

  test('what is read is never longer than a few times what was written', () => {
    fc.assert(
      fc.property(message, fc.integer({ min: 1, max: 200 }), (text, times) => {
        const whole = `${text}\n`.repeat(times);
        const read = parseCommits(whole).flatMap(({ header, breakingNotes, revert, releaseAs }) => [
          header,
          ...breakingNotes,
          ...(revert?.shas ?? []),
          releaseAs ?? '',
        ]);
        expect(read.join('').length).toBeLessThanOrEqual(3 * whole.length);
      }),
    );
  });

  // A quadratic parser would need minutes for this: the runner's time limit is the bound.
  test.each([
    ['open parentheses', 'feat', '('],
    ['open scopes', 'feat(', 'a)'],
    ['footers', 'fix: a\n\n', 'BREAKING CHANGE: a\n'],
    ['fences', 'fix: a\n\n', '```\n'],
    ['fences without an end', 'fix: a\n\n', '````a\n'],
    ['backticks', 'fix: a\n\n', '`'],
    ['open comments', 'fix: a\n', '\n<!--'],
    ['comments', 'fix: a\n', '<!-- a -->\n'],
    ['open overrides', 'fix: a\n', 'BEGIN_COMMIT_OVERRIDE\n'],
    ['titles of merges', "Merge pull request '", "' (#1) from "],
    ['quotes', 'Revert "', '" '],
    ['nested commits', 'fix: a\n\n', 'BEGIN_NESTED_COMMIT\nfix: b\n'],
    ['spaces', 'fix: a\n\nToken: ', ' \t'],
    ['reverts', 'revert: a\n\n', 'This reverts commit '],
    ['blank lines', 'fix: a', '\n'],
    ['indented lines', 'fix: a\n\n', '   a: b\n'],
    ['open scopes after blank lines', 'fix: a\n\n', '\n\nfeat(a'],
  ])('a megabyte of %s is read in linear time', (_, start, repeated) => {
    const text = start + repeated.repeat(Math.ceil(1_000_000 / repeated.length));
    expect(parseCommits(text).length).toBeGreaterThan(0);
  });
});
