import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { forCode, forCodeBlock, forHtmlComment, forLog, forLogLines, forMarkdown } from '#shared/untrusted.ts';

describe('in a log', () => {
  test.each([
    '::error::boo',
    '  ::set-output name=a::b',
    '##[group]x',
    '\u001b[31mred\u001b[0m',
    'a\u0000b\u202ec',
    'one\r\ntwo',
  ])('%j does nothing', (given) => {
    const shown = forLog(given);
    expect(shown).not.toMatch(/^\s*::/);
    expect(shown).not.toContain('##[');
    for (const control of ['\r', '\n', '\u0000', '\u001b', '\u202e']) expect(shown).not.toContain(control);
  });

  test('no line of any text is a workflow command', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('::', ':', '#', '[', '\n', '\r', ' ', '\u001b[2K', 'warning', '\t')),
        (parts) => {
          for (const line of forLogLines(parts.join('')).split('\n')) expect(line).not.toMatch(/^\s*::|##\[/);
        },
      ),
    );
  });

  test('a line that is too long is shortened, and says by how much', () => {
    expect(forLog('x'.repeat(2100))).toBe(`${'x'.repeat(2000)}… (100 more characters)`);
  });
});

describe('in Markdown', () => {
  test.each([
    ['@octocat', /@octocat/],
    ['fixes #12', /#12/],
    ['acme/repo#12', /#12/],
    ['GH-12', /GH-12/],
    ['https://github.com/acme/repo/issues/1', /:\/\/|github\.com/],
    ['www.example.com', /www\.example/],
    ['<img src=x>', /<img/],
    ['<!-- trunkline:deploy v1 {} -->', /<!-- trunkline/],
    ['[link](http://x)', /\[link\]\(/],
    ['**bold** _it_ `code`', /\*\*|_it_|`/],
    ['# title', /^# /],
    ['a | b', /\|/],
  ])('%j is only text', (given, active) => {
    expect(forMarkdown(given)).not.toMatch(active);
  });

  test('several lines become one', () => {
    expect(forMarkdown(' one\n\n two ')).toBe('one two');
  });

  test('nothing ends a code span or a code block from inside', () => {
    expect(forCode('a`` b')).toBe('```a`` b```');
    expect(forCodeBlock('```\n@octocat\n```', 'diff')).toBe('````diff\n```\n@octocat\n```\n````');
  });
});

test('a value in an HTML comment cannot end it, and comes back as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('-->', '--', '>', '<', '!', 'a', '"', '\n')), (parts) => {
      const value = { text: parts.join('') };
      const written = forHtmlComment(value);
      expect(written).not.toMatch(/--|[<>\n]/);
      expect(JSON.parse(written)).toEqual(value);
    }),
  );
});
