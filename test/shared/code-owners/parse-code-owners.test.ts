import { describe, expect, test } from '@jest/globals';
import { ownersOf, parseCodeOwners } from '#shared/code-owners/parse-code-owners.ts';

const owners = (text: string, path: string) => ownersOf(parseCodeOwners(text), path);

describe('which line counts', () => {
  test.each<[string, string, string, string[]]>([
    ['the last one that matches', '* @a\n*.yaml @b', 'x/y.yaml', ['@b']],
    ['one without owners takes them away', '* @a\n/apps/ @b\n/apps/github', 'apps/github/x', []],
    ['not one with a broken owner', '* @a\n*.yaml @b someone', 'x.yaml', ['@a']],
    ['not one with a character range', '* @a\n[a-c].yaml @b', 'a.yaml', ['@a']],
    ['not a negation', '* @a\n!x.yaml @b', 'x.yaml', ['@a']],
    ['teams and e-mail addresses', 'x @acme/team.one a.b@example.com', 'x', ['@acme/team.one', 'a.b@example.com']],
    ['an inline comment is none of it', 'x @a # @b', 'x', ['@a']],
    ['an escaped space', 'my\\ file.md @a', 'docs/my file.md', ['@a']],
    ['an escaped hash', '\\#x @a', '#x', ['@a']],
    ['escaped brackets', 'a\\[1\\].md @a', 'a[1].md', ['@a']],
    ['Windows line ends', '* @a\r\nx @b\r\n', 'x', ['@b']],
  ])('%s', (_, text, path, expected) => {
    expect(owners(text, path)).toEqual(expected);
  });
});

describe('what a pattern matches', () => {
  test.each<[string, string, boolean]>([
    ['*', 'any/where', true],
    ['*.js', 'a/b/c.js', true],
    ['/build/logs/', 'build/logs/a/b', true],
    ['/build/logs/', 'x/build/logs/a', false],
    ['docs/*', 'docs/a.md', true],
    ['docs/*', 'docs/a/b.md', false],
    ['apps/', 'x/apps/a/b', true],
    ['/docs/', 'docs', false],
    ['**/logs', 'a/b/logs/c', true],
    ['/clusters/**/prod.yaml', 'clusters/prod.yaml', true],
    ['/clusters/**/prod.yaml', 'clusters/a/b/prod.yaml', true],
    ['/a?c', 'abc', true],
    ['/a?c', 'a/c', false],
    ['/api', 'api-worker/x', false],
    ['a.b', 'axb', false],
  ])('%s and %s: %s', (pattern, path, isMatch) => {
    expect(owners(`${pattern} @a`, path)).toEqual(isMatch ? ['@a'] : []);
  });
});
