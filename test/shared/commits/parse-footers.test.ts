import { describe, expect, test } from '@jest/globals';
import { isBreaking, type ParsedCommit, parseCommit } from '#shared/commits/parse-commit.ts';

describe('a breaking change', () => {
  const table: readonly (readonly [string, ParsedCommit['breakingIn']])[] = [
    ['fix: a\n\nBREAKING CHANGE: b', 'footer'],
    ['fix: a\n\nBREAKING-CHANGE: b', 'footer'],
    ['fix: a\n\nBREAKING CHANGE:b', 'footer'],
    ['fix: a\n\nBREAKING CHANGE : b', 'footer'],
    ['fix: a\n\nBREAKING\u00a0CHANGE\u202f: b', 'footer'],
    ['fix: a\n\nBREAKING CHANGE #12', 'footer'],
    ['fix: a\n\nbody\n\nCloses #1\nBREAKING CHANGE: b', 'footer'],
    ['fix: a\n\nCloses #1\nof several lines\nBREAKING CHANGE: b', 'footer'],
    ['fix: a\n\nReviewed-by: Z\n  and Y\nCo-authored-by: X\nBREAKING CHANGE: b', 'footer'],
    ['fix: a\r\n\r\nBREAKING CHANGE: b', 'footer'],
    ['fix: a\n\nBREAKING CHANGE:\nb', 'footer'],
    ['fix: a\n\nBREAKING CHANGE:\n\n- b', 'footer'],
    ['fix: a\n\nBREAKING CHANGE:\n\nNode: 18 is needed', 'footer'],
    ['no type\n\nBREAKING CHANGE: b', 'footer'],
    ['fix: a\n\nprose\nBREAKING CHANGE: b', 'footer'],
    ['fix: a\n\n* feat: b\n* fix: c\nBREAKING-CHANGE: d', 'footer'],
    ['fix: a\n\nCloses #1\n\nprose\nBREAKING CHANGE: b\nprose', 'footer'],
    ['fix: a\n\n* feat: b\n* BREAKING CHANGE: c', 'body'],
    ['fix: a\n\n- BREAKING CHANGE: b', 'body'],
    ['fix: a\n\n**BREAKING CHANGE:** b', 'body'],
    ['fix: a\n\n* **BREAKING CHANGE**: b', 'body'],
    ['fix: a\n\nbreaking change: b', undefined],
    ['fix: a\n\nBREAKING CHANGE b', undefined],
    ['fix: a\n\nBREAKING CHANGES: b', undefined],
    ['fix: a\n\nThis is a BREAKING\nCHANGE: b', undefined],
    ['feat: a\n   BREAKING-CHANGE: b', 'footer'],
    ['fix: a\n\n    BREAKING CHANGE: b', undefined],
    ['fix: a\n\n> BREAKING CHANGE: b', undefined],
    ['fix: a\n\nBREAKING CHANGE: none', undefined],
    ['fix: a\n\nBREAKING CHANGE: N/A.\n\n## Checklist', undefined],
    ['fix: a\n\nBREAKING CHANGE: none of the old names work', 'footer'],
    ['fix: a\n\nBREAKING CHANGE: No\nold name works', 'footer'],
  ];
  test.each(table)('%j', (message, breakingIn) => {
    expect(parseCommit(message).breakingIn).toBe(breakingIn);
  });

  test('counts where the scope says', () => {
    const scopes = ['header', 'footer', 'anywhere'] as const;
    const counts = (message: string) => scopes.filter((scope) => isBreaking(parseCommit(message), scope));
    expect(counts('feat!: a')).toEqual(['header', 'footer', 'anywhere']);
    expect(counts('feat: a\n\nBREAKING CHANGE: b')).toEqual(['footer', 'anywhere']);
    expect(counts('feat: a\n\n* BREAKING CHANGE: b')).toEqual(['anywhere']);
    expect(counts('feat: a')).toEqual([]);
  });

  test('keeps its explanation over lines, code and paragraphs until the next footer', () => {
    const notes = (message: string) => parseCommit(message).breakingNotes;
    expect(notes('feat: a\n\nBREAKING CHANGE: b\nc\n\nd\n\nRefs: #1')).toEqual(['b\nc\n\nd']);
    expect(notes('feat: a\n\nBREAKING CHANGE: b\n```\n\nc: d\n```')).toEqual(['b\n```\n\nc: d\n```']);
    expect(notes('feat: a\n\n* **BREAKING CHANGE:** b')).toEqual(['b']);
  });
});

describe('what is only shown announces nothing', () => {
  const footer = 'BREAKING CHANGE: b';
  test.each<[string, string, boolean]>([
    ['code', `\`\`\`\n\n${footer}\n\`\`\``, false],
    ['code with tildes', `~~~ text\n\n${footer}\n\`\`\`\n~~~`, false],
    ['code that shows code', `\`\`\`\`md\n\`\`\`\n\n${footer}\n\`\`\`\n\`\`\`\``, false],
    ['code without an end', `\`\`\`\n\n${footer}`, true],
    ['below code', `\`\`\`\na\n\`\`\`\n\n${footer}`, true],
    ['a comment', `<!-- ${footer} -->`, false],
    ['a comment of several lines', `<!--\n\n${footer}\n\n-->`, false],
    ['a comment without an end', `<!--\n\n${footer}`, true],
    ['below a comment', `text\n<!-- what breaks? -->\n${footer}`, true],
    ['between code about comments and an arrow', `\`\`\`\n<!--\n\`\`\`\n\n${footer}\n\na --> c`, true],
    ['between a stray comment and another', `<!--\n\n${footer}\n\n<!-- c -->`, true],
  ])('%s', (_, body, breaking) => {
    expect(isBreaking(parseCommit(`docs: a\n\n${body}`))).toBe(breaking);
  });
});

describe('footers', () => {
  const notesBefore = (line: string) => parseCommit(`feat: a\n\nBREAKING CHANGE: b\n${line}`).breakingNotes;

  test.each(['Reviewed-by: Z', 'Closes #12', 'Refs: 676104e', 'BREAKING-CHANGE: c', 'Release-As:1.0.0'])(
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

  test.each<[string, string | undefined]>([
    ['Release-As: 1.0.0\nrelease-as: v2.0.0-rc.1', '2.0.0-rc.1'],
    ['Release-As:2.0.0', '2.0.0'],
    ['Reviewed-by: Z\n  of that team\nRelease-As: 2.0.0', '2.0.0'],
    ['see Release-As: 1.0.0', undefined],
    ['word\nRelease-As: 1.0.0', undefined],
    ['Release-As-Well: 1.0.0', undefined],
    ['```\nRelease-As: 1.0.0\n```', undefined],
  ])('the version in %j is %s', (body, releaseAs) => {
    expect(parseCommit(`chore: a\n\n${body}`).releaseAs).toBe(releaseAs);
  });
});
