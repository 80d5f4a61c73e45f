import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ParsedCommit, parseCommit, parseCommits } from '#shared/commits/parse-commit.ts';

describe('the header', () => {
  const table: readonly (readonly [string, Partial<ParsedCommit>])[] = [
    ['feat: a', { type: 'feat', scope: undefined, breaking: false, description: 'a' }],
    ['Feat(API)!: a', { type: 'feat', scope: 'API', breaking: true, breakingIn: 'header' }],
    ['feat!: a', { type: 'feat', breaking: true }],
    ['feat!(api): a', { type: 'feat', scope: 'api', breaking: true }],
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

  test('of a merge commit is the title of what was merged', () => {
    expect(parseCommit('Merge pull request #12 from a/b\n\nfeat: login\n\nRelease-As: 2.0.0')).toMatchObject({
      type: 'feat',
      description: 'login',
      releaseAs: '2.0.0',
    });
    expect(parseCommit("Merge branch 'main' into x")).toMatchObject({ type: undefined });
  });
});

describe('a breaking change', () => {
  const table: readonly (readonly [string, boolean, ParsedCommit['breakingIn']])[] = [
    ['fix: a\n\nBREAKING CHANGE: b', true, 'footer'],
    ['fix: a\n\nBREAKING-CHANGE: b', true, 'footer'],
    ['fix: a\n\nbody\n\nCloses #1\nBREAKING CHANGE: b', true, 'footer'],
    ['fix: a\r\n\r\nBREAKING CHANGE: b', true, 'footer'],
    ['fix: a\n\nBREAKING CHANGE:\nb', true, 'footer'],
    ['no type\n\nBREAKING CHANGE: b', true, 'footer'],
    ['fix: a\n\nThis is no\nBREAKING CHANGE: b', false, 'body'],
    ['fix: a\n\nbreaking change: b', false, undefined],
    ['fix: a\n\nBREAKING CHANGE b', false, undefined],
    ['fix: a\n\nThis is a BREAKING\nCHANGE: b', false, undefined],
    ['feat: a\n   BREAKING-CHANGE: b', true, 'footer'],
    ['fix: a\n\n    BREAKING CHANGE: b', false, undefined],
    ['fix: a\n\n> BREAKING CHANGE: b', false, undefined],
    ['fix: a\n\n```\n\nBREAKING CHANGE: b\n```', false, undefined],
    ['fix: a\n\n```\n\nBREAKING CHANGE: b', true, 'footer'],
  ];
  test.each(table)('%j', (message, breaking, breakingIn) => {
    expect(parseCommit(message)).toMatchObject({ breaking, breakingIn });
  });

  test('keeps its explanation over lines and paragraphs until the next footer', () => {
    expect(parseCommit('feat: a\n\nBREAKING CHANGE: b\nc\n\nd\n\nRefs: #1').breakingNotes).toEqual(['b\nc\n\nd']);
  });
});

describe('footers', () => {
  const notesBefore = (line: string) => parseCommit(`feat: a\n\nBREAKING CHANGE: b\n${line}`).breakingNotes;

  test.each(['Reviewed-by: Z', 'Closes #12', 'Refs: 676104e', 'BREAKING-CHANGE: c'])(
    '%j ends the one before',
    (line) => {
      expect(notesBefore(line)[0]).toBe('b');
    },
  );

  test.each(['  dependency-type: b', '- dependency-name: a', 'Token:', 'Token:b', 'two words: b'])(
    '%j belongs to the one before',
    (line) => {
      expect(notesBefore(line)).toEqual([`b\n${line}`.trim()]);
    },
  );

  test('Release-As takes a leading v, and the last of several', () => {
    expect(parseCommit('chore: a\n\nRelease-As: 1.0.0\nrelease-as: v2.0.0-rc.1').releaseAs).toBe('2.0.0-rc.1');
    expect(parseCommit('chore: a\n\nsee Release-As: 1.0.0').releaseAs).toBeUndefined();
    expect(parseCommit('chore: a\n\nRelease-As-Well: 1.0.0').releaseAs).toBeUndefined();
  });
});

describe('a revert', () => {
  const sha = '0123456789abcdef0123456789abcdef01234567';
  const table: readonly (readonly [string, ParsedCommit['revert']])[] = [
    [`Revert "feat: a (#1)" (#2)\n\nThis reverts commit ${sha}.`, { header: 'feat: a (#1)', shas: [sha], pulls: [] }],
    ['Revert "feat: a (#1)" (#2)\n\nReverts acme/x#1', { header: 'feat: a (#1)', shas: [], pulls: [1] }],
    ['Revert "Revert "feat: a""', { header: 'Revert "feat: a"', shas: [], pulls: [] }],
    ['Reapply "feat: a"', { header: 'Revert "feat: a"', shas: [], pulls: [] }],
    ['revert: feat: a\n\nRefs: 676104e, a215868', { header: 'feat: a', shas: ['676104e', 'a215868'], pulls: [] }],
  ];
  test.each(table)('%j', (message, revert) => {
    expect(parseCommit(message)).toMatchObject({ type: 'revert', revert });
  });

  test('is not every sentence with the word', () => {
    expect(parseCommit('Revert the login').revert).toBeUndefined();
  });
});

describe('several commits in one message', () => {
  const headers = (message: string) => parseCommits(message).map(({ header }) => header);

  test('are paragraphs that start with a usual type', () => {
    expect(headers('fix: a\n\nbody\n\nfeat(x)!: b\n\nmore')).toEqual(['fix: a', 'feat(x)!: b']);
    expect(headers('fix: a\n\n* feat: b\n\nnote: c\n\nfeat: ')).toEqual(['fix: a']);
  });

  test('are blocks of nested commits, and the rest belongs to the first', () => {
    const message =
      'chore: a\n\nBEGIN_NESTED_COMMIT\nfeat(x): b\nEND_NESTED_COMMIT\nBEGIN_NESTED_COMMIT\nfix: c\n\nBREAKING CHANGE: d\nEND_NESTED_COMMIT';
    expect(headers(message)).toEqual(['chore: a', 'feat(x): b', 'fix: c']);
    expect(parseCommits(message).map(({ breaking }) => breaking)).toEqual([false, false, true]);
  });

  test('are replaced by an override', () => {
    expect(headers('feat!: a\n\nBEGIN_COMMIT_OVERRIDE\nfix: b\n\nfix: c\nEND_COMMIT_OVERRIDE')).toEqual([
      'fix: b',
      'fix: c',
    ]);
    expect(headers('feat: a\n\nBEGIN_COMMIT_OVERRIDE')).toEqual(['feat: a']);
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
