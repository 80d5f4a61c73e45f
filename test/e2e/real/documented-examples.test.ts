import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { projectRoot } from '../../support/action-manifest.ts';
import { node24 } from '../../support/run-step.ts';

/** The commands of one section of CONTRIBUTING.md, each block as it stands there. */
async function blocksOf(section: string): Promise<string[]> {
  const text = await readFile(join(projectRoot, 'CONTRIBUTING.md'), 'utf8');
  const found = text.split(/^## /m).find((each) => each.startsWith(`${section}\n`)) ?? '';
  return [...found.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
}

test('the examples of CONTRIBUTING.md work as they stand there, one after the other', async () => {
  const blocks = await blocksOf('Try it by hand');
  const [start = '', ...examples] = blocks;
  const numbered = examples.map((block, index) => `printf '\\n=== %s\\n' ${index}\n${block}`);
  // What a reader does by Ctrl+C; npm passes it on to the sandbox.
  const script = ['set -euo pipefail', start, 'trap \'kill $!; wait || true; rm -rf "$dir"\' EXIT', ...numbered].join(
    '\n',
  );
  const path = [dirname(node24), process.env['PATH']].join(delimiter);
  const { stdout } = await promisify(execFile)('bash', ['-c', script], {
    ...{ cwd: projectRoot, env: { ...process.env, PATH: path, NODE_OPTIONS: '' }, timeout: 100_000 },
  });
  const said = stdout.split(/^=== \d+\n/m).slice(1);
  const [read = '', label = '', pushed, act = '', bundle] = said;
  expect(JSON.parse(read)).toMatchObject([{ ref: 'refs/tags/v1.4.0' }]);
  expect(JSON.parse(label)).toMatchObject({ name: 'deploy' });
  expect(pushed?.trim()).toBe('');
  expect(act).toContain('Job succeeded');
  expect(JSON.parse(act.slice(act.lastIndexOf('\n[')))).toMatchObject([{ ref: 'refs/tags/v1.5.0' }]);
  expect(bundle).toMatch(/^::set-output name=tag::v1\.5\.0$/m);
  expect(said).toHaveLength(5);
}, 120_000);
