import { describe, expect, test } from '@jest/globals';
import { renderChangelog } from '#shared/commits/render-changelog.ts';

const options = { serverUrl: 'https://github.com', repository: 'acme/service', linkPulls: true };
const render = (messages: readonly string[], more: Partial<Parameters<typeof renderChangelog>[1]> = {}) =>
  renderChangelog(
    messages.map((message, index) => ({ sha: String(index).repeat(40), message })),
    { ...options, ...more },
  );
const link = (index: number) =>
  `([${String(index).repeat(7)}](https://github.com/acme/service/commit/${String(index).repeat(40)}))`;

describe('the notes of a version', () => {
  test('are grouped, most important first, each entry linked', () => {
    const messages = ['docs: d', 'fix(ui): c (#12)', 'feat!: b', 'perf: e', 'Merge pull request #1 from a/b'];
    expect(render(messages)).toBe(
      [
        '### ⚠ Breaking changes',
        '',
        `- b ${link(2)}`,
        '',
        '### Features',
        '',
        `- b ${link(2)}`,
        '',
        '### Fixes',
        '',
        `- **ui:** c ([#12](https://github.com/acme/service/pull/12)) ${link(1)}`,
        '',
        '### Performance',
        '',
        `- e ${link(3)}`,
        '',
        '### Other changes',
        '',
        `- d ${link(0)}`,
      ].join('\n'),
    );
  });

  test('tell what breaks in the words of the footer', () => {
    expect(render(['fix: a\n\nBREAKING CHANGE: the old\nendpoint is gone'])).toContain(
      `- the old endpoint is gone ${link(0)}`,
    );
  });

  test('tell what breaks where that counts', () => {
    const inBody = 'fix: a\n\n* BREAKING CHANGE: b';
    const inFooter = 'fix: a\n\nBREAKING CHANGE: b';
    expect(render([inBody])).not.toContain('Breaking');
    expect(render([inBody], { breaking: 'anywhere' })).toContain(`### ⚠ Breaking changes\n\n- b ${link(0)}`);
    expect(render([inFooter], { breaking: 'header' })).toBe(`### Fixes\n\n- a ${link(0)}`);
  });

  test.each(['constructor', 'docs'])('tell of a commit of type %s', (type) => {
    expect(render([`${type}: a`])).toBe(`### Other changes\n\n- a ${link(0)}`);
  });

  test('of another repository name pull requests without a reference to them', () => {
    expect(render(['fix: a (#12)'], { linkPulls: false })).not.toContain('pull/12');
  });

  test('are empty without commits', () => {
    expect(render([])).toBe('');
  });

  test('say how many entries did not fit', () => {
    const notes = render(
      Array.from({ length: 500 }, (_, index) => `fix: change ${index}`),
      { maxLength: 2_000 },
    );
    expect(notes.length).toBeLessThanOrEqual(2_000);
    expect(notes).toMatch(/… and \d+ more changes$/);
  });

  test('do nothing that a hostile message asks for', () => {
    const notes = render([
      'feat(<b>): closes #1 @octocat <!-- x --> [a](http://evil) `code` \u0000| x\n\nBREAKING CHANGE: <script>',
    ]);
    expect(notes).not.toMatch(/<[b!s]|@octocat|#1\b|\]\(http:/);
  });
});
