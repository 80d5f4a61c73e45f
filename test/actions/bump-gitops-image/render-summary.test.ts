import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { styles } from '#shared/manifest/style-table.ts';
import { renderDiff, renderSummary } from '../../../actions/bump-gitops-image/src/render-summary.ts';
import { projectRoot } from '../../support/action-manifest.ts';

const file = { path: 'a.yaml', text: 'x: 1\nimage: a:v1\ny: 2\n', mode: '100644' };
const change = {
  ...{ file: 'a.yaml', line: 2, column: 9, object: 'Deployment/demo/a', container: 'app', style: 'container' },
  ...{ image: 'a', keyPath: 'image', old: 'v1', new: 'v2', oldTag: 'v1', direction: 'forward' as const },
};
const told = {
  ...{ title: 'a v2', images: [], files: [], changes: [], warnings: [], unrecognised: [], shadowed: [], reason: '' },
};

test('a diff shows exactly the changed lines', () => {
  expect(renderDiff([{ file, after: file.text.replace('v1', 'v2') }])).toBe(
    '--- a/a.yaml\n+++ b/a.yaml\n@@ -2 +2 @@\n-image: a:v1\n+image: a:v2',
  );
});

test('a bump of thirty images is one table with a row each', () => {
  const changes = Array.from({ length: 30 }, (_, index) => ({ ...change, image: `acme/svc-${index}` }));
  const summary = renderSummary({ ...told, changes });
  expect(summary.match(/^\| `a\.yaml:2`/gm)).toHaveLength(30);
});

test('a diff that is too long for GitHub says how much is missing', () => {
  const after = `${'x'.repeat(99)}\n`.repeat(1500);
  const summary = renderSummary({ ...told, files: [{ file: { ...file, created: true }, after }] });
  expect(summary.length).toBeLessThan(110_000);
  expect(summary).toMatch(/\n… 51\d more lines\n/);
});

test('what others wrote cannot format, mention or end the diff', () => {
  const evil = { ...file, text: 'image: a:v1 # ```\n' };
  const summary = renderSummary({
    ...told,
    files: [{ file: evil, after: evil.text.replace('v1', 'v2') }],
    warnings: ['@acme/all <b>'],
    reason: 'fixes #1 <!--',
  });
  expect(summary).toContain('````diff');
  expect(summary).not.toMatch(/@acme\/all|<b>|#1|<!--/);
});

test('changes without effect are a table, and long lists end with their number', () => {
  const shadow = {
    file: 'a.yaml',
    line: 2,
    image: 'a',
    by: { file: 'b|@x.yaml', line: 5 },
    version: 'v1',
    why: 'patch',
  };
  const summary = renderSummary({ ...told, shadowed: Array.from({ length: 60 }, () => shadow) });
  expect(summary).toContain('| change | image | decided by | version there | why |');
  expect(summary).toContain('| `a.yaml:2` | `a` | `b\\|@x.yaml:5` | `v1` | patch |');
  expect(summary.match(/^\| `a\.yaml:2`/gm)).toHaveLength(50);
  expect(summary).toContain('10 more are in the output `shadowed`.');
});

test('the README lists every style as the code has it', async () => {
  const text = await readFile(join(projectRoot, 'actions/bump-gitops-image/README.md'), 'utf8');
  for (const { name, covers } of styles) expect(text).toContain(`\`${name}\` ${covers}`);
});
