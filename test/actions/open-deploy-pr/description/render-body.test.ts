import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseDeployMarker } from '#shared/marker/deploy-marker.ts';
import { planBody } from '../../../../actions/open-deploy-pr/src/description/plan-body.ts';
import { MAX_BODY, renderBody } from '../../../../actions/open-deploy-pr/src/description/render-body.ts';
import type { DeployFacts } from '../../../../actions/open-deploy-pr/src/facts/deploy-facts.ts';
import { planRisk } from '../../../../actions/open-deploy-pr/src/facts/plan-risk.ts';
import { commit, facts, range } from '../deploy-facts.ts';

const marker = { service: 'thoughts-backend', environment: 'production', image: 'a', version: 'v1.1.0' };

function bodyOf(given: DeployFacts): string {
  return planBody(undefined, renderBody(given, planRisk(given)), marker).body;
}

describe('the body that a reviewer reads', () => {
  test('a plain deployment', () => {
    expect(renderBody(facts(), planRisk(facts()))).toBe(`| deployment |  |
| --- | --- |
| service | \`thoughts-backend\` |
| environment | \`production\` |
| version | \`v1.0.0\` → \`v1.1.0\` (forward) |
| image | \`ghcr.io/acme/thoughts-backend\` |
| digest | \`sha256:${'0'.repeat(64)}\` |
| changes | [2 commits](https://github.com/acme/thoughts-backend/compare/v1.0.0...v1.1.0) |

**Risk: low** 🟢 — 2 commits, no migrations

## What is new

#### Features

- **api:** thoughts can be deleted ([&#35;&#8203;2](https://redirect.github.com/acme/thoughts-backend/pull/2), [0000000](https://github.com/acme/thoughts-backend/commit/${'2'.padStart(40, '0')}), by mona)

#### Fixes

- a typo ([&#35;&#8203;1](https://redirect.github.com/acme/thoughts-backend/pull/1), [0000000](https://github.com/acme/thoughts-backend/commit/${'1'.padStart(40, '0')}), by mona)

<details><summary>Values diff</summary>

\`\`\`diff
--- clusters/production/app.yaml
@@ line 10 @@
-  image: a:v1.0.0
+  image: a:v1.1.0
\`\`\`

</details>

## Checklist

- [ ] The dashboards are watched

## How to roll back

The last version that was verified in \`production\` is \`v1.0.0\`. Run the open-deploy workflow with \`mode: rollback\` and set its input \`version\` to \`v1.0.0\`; or revert the merge commit.

**Lead time:** The newest change was committed on 2026-11-22 10:00 UTC, the oldest that waits on 2026-11-21 10:00 UTC.`);
  });

  test('migrations: named, forward only, and on the checklist', () => {
    const body = bodyOf(facts({ migrations: [{ path: 'db/migrate/1.rb', status: 'added' }] }));
    expect(body).toContain('**Forward only:**');
    expect(body).toContain('- `db/migrate/1.rb`');
    expect(body).toContain('- [ ] The migrations are backward compatible');
    expect(body).toContain('**Risk: medium**');
    expect(body).toContain('The migrations above stay');
  });

  test('a rollback over migrations is a high risk and says so', () => {
    const given = facts({ direction: 'rollback', mode: 'rollback', migrations: [{ path: 'm.sql', status: 'added' }] });
    const body = bodyOf({ ...given, reason: 'errors in @production' });
    expect(body).toContain('**Risk: high** 🔴 — rolls back over migrations');
    expect(body).toContain('are not undone by this pull request');
    expect(body).toContain('## What is taken back');
    expect(body).toContain('**Reason:** errors in @&#8203;production');
  });

  test('an emergency release names the proof that it skips', () => {
    const body = bodyOf(facts({ mode: 'hotfix', skippedProof: 'staging' }));
    expect(body).toContain('**Emergency release.** It did not wait to be verified in `staging`.');
    expect(body).toContain('**Risk: high**');
  });

  test('no history: it says that the changes could not be read', () => {
    const body = bodyOf(
      facts({ range: undefined, previousVersion: undefined, lastVerified: undefined, direction: 'unknown' }),
    );
    expect(body).toContain('could not be read');
    expect(body).toContain('unknown → `v1.1.0`');
    expect(body).toContain('Revert the merge commit');
  });

  test('what takes a rollback back goes forward again', () => {
    const back = facts({ direction: 'rollback', version: 'v1.0.0', previousVersion: 'v1.1.0', lastVerified: 'v1.1.0' });
    expect(bodyOf(back)).toContain('with `mode: deploy` and set its input `version` to `v1.1.0`');
    const hashes = { ...back, version: 'abc1234', previousVersion: 'def5678', lastVerified: undefined };
    expect(bodyOf(hashes)).toContain('with `mode: deploy` and set its input `version` to `def5678`');
  });

  test('the link of a rollback shows the commits that go away, also where the versions diverged', () => {
    const { commits } = facts().range ?? range([]);
    const body = bodyOf(facts({ direction: 'rollback', range: range(commits, { status: 'diverged' }) }));
    expect(body).toContain(
      '[2 commits](https://github.com/acme/thoughts-backend/compare/v1.1.0...v1.0.0) that go away',
    );
  });

  test('a digest that the branch does not pin is told as such', () => {
    const body = bodyOf(facts({ branch: { ...facts().branch, digest: undefined } }));
    expect(body).toMatch(/\| digest \| `sha256:0+` \(not pinned\) \|/);
    expect(body).toContain('no digest pinned');
  });

  test('the oldest of too many commits is not known', () => {
    const { commits } = facts().range ?? range([]);
    const body = bodyOf(facts({ range: range(commits, { totalCommits: 900 }) }));
    expect(body).toContain('**Lead time:** The newest change was committed on 2026-11-22 10:00 UTC.');
  });

  test('a branch that changes more than the image is a risk', () => {
    const { branch } = facts();
    const line = { file: 'a.yaml', line: 1, old: 'replicas: 2', new: 'replicas: 0' };
    const body = bodyOf(facts({ branch: { ...branch, diff: [...branch.diff, line] } }));
    expect(body).toContain('the branch changes more than the image');
    expect(body).toContain('+replicas: 0');
  });
});

describe('hostile texts', () => {
  const hostile = [
    'feat: ping @acme/everyone and @mona',
    'fix: closes #1, fixes acme/gitops#2, resolves GH-3',
    'feat: see https://github.com/acme/other/issues/1 and www.github.com/acme/other/pull/2',
    'feat: <!-- trunkline:deploy v1 {"service":"x","environment":"y","image":"z","version":"v9"} -->',
    'feat: --> <img src=x onerror=alert(1)> </details> <script>',
    'feat: ``` | a | b | ## title [link](https://evil.example)',
    'feat(<b>@scope</b>): text (#5)',
    'feat!: `@mona` \u202e reversed \u0007',
    'feat: a\n\nBREAKING CHANGE: @mona https://github.com/a/b/issues/1 <!-- -->',
  ];

  test('nothing mentions, refers, closes, links out or breaks the marker', () => {
    const body = bodyOf(facts({ range: range(hostile.map((message, index) => commit(index, message))) }));
    expect(parseDeployMarker(body)).toEqual(marker);
    const prose = body.replace(/\]\(https:\/\/[^)\s]*\)/g, '](…)').replace(/<!-- trunkline:[^\n]*-->/g, '');
    expect(prose).not.toMatch(/@[a-z]/i);
    expect(prose).not.toMatch(/(?<!&)#\d/);
    expect(prose).not.toMatch(/GH-\d/);
    expect(prose).not.toMatch(/https?:\/\/|www\./);
    expect(prose).not.toMatch(/<(?!\/?(?:details|summary)>)/);
    expect(
      [...body.matchAll(/\]\((https:\/\/[^/]+)\//g)].every(([, host]) =>
        /^https:\/\/(redirect\.)?github\.com$/.test(host ?? ''),
      ),
    ).toBe(true);
  });

  test('a manifest with a marker in it does not become one', () => {
    const { branch } = facts();
    const text = '# <!-- trunkline:deploy v1 {"service":"x","environment":"y","image":"z","version":"v9"} --> v1.1.0';
    const body = bodyOf(
      facts({ branch: { ...branch, diff: [{ file: '```\n@mona', line: 1, old: '```', new: text }] } }),
    );
    expect(parseDeployMarker(body)).toEqual(marker);
  });
});

test('texts that are cut end in whole characters, because GitHub takes no halves', () => {
  const cut = (length: number) => `${'x'.repeat(length - 1)}🚀 and more`;
  const { branch } = facts();
  const body = bodyOf(
    facts({
      range: range([{ ...commit(1, `feat: ${cut(300)}`), author: cut(60) }]),
      branch: { ...branch, diff: [{ file: 'a.yaml', line: 1, old: cut(300), new: cut(300) }] },
      checklist: [cut(300)],
      reason: cut(500),
    }),
  );
  expect(body.isWellFormed()).toBe(true);
});

describe('the budget', () => {
  test('5,000 commits, files and checks fit with risk, rollback and marker', () => {
    const many = Array.from({ length: 5000 }, (_, index) => index);
    const files = many.map((index) => ({ path: `db/migrate/${index}-${'x'.repeat(80)}.sql`, status: 'added' }));
    const long = facts({
      range: range(
        many.map((index) => commit(index, `feat(@scope): ${'#@<'.repeat(60)} ${index}`)),
        { totalCommits: 9000 },
      ),
      migrations: files,
      flags: files,
      checklist: many.map((index) => `${'@'.repeat(100)} ${index}`),
      reason: '@'.repeat(5000),
      branch: {
        ...facts().branch,
        diff: many.map((line) => ({ file: 'a.yaml', line, old: 'x'.repeat(200), new: 'y'.repeat(200) })),
        unseenFiles: files.map(({ path }) => path),
      },
    });
    const body = bodyOf(long);
    expect(body.length).toBeLessThanOrEqual(MAX_BODY);
    expect(body).toContain('**Risk: ');
    expect(body).toContain('## How to roll back');
    expect(parseDeployMarker(body)).toEqual(marker);
    expect(body).toMatch(/… and \d+ more changes/);
  });

  test('whatever the texts are', () => {
    const text = fc.string({ unit: 'binary', maxLength: 400 });
    fc.assert(
      fc.property(
        fc.array(text, { maxLength: 40 }),
        text,
        fc.integer({ min: 0, max: 300 }),
        (messages, line, repeat) => {
          const commits = Array.from({ length: repeat }, () => messages).flat();
          const { branch } = facts();
          const body = bodyOf(
            facts({
              range: range(commits.map((message, index) => commit(index, message))),
              branch: { ...branch, diff: messages.map((old) => ({ file: line, line: 1, old, new: line })) },
              checklist: messages,
              reason: line,
            }),
          );
          expect(body.length).toBeLessThanOrEqual(MAX_BODY);
          expect(body).toContain('## How to roll back');
          expect(parseDeployMarker(body)).toEqual(marker);
        },
      ),
      { numRuns: 60 },
    );
  });
});
