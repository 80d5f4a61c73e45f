import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { ReasonTable } from '#shared/errors.ts';
import { type InputSpec, kebabCase } from '#shared/inputs.ts';
import { listActions, projectRoot, readActionManifest } from '../support/action-manifest.ts';

const actions = await listActions();

async function load<T>(action: string, module: string): Promise<T> {
  return (await import(join(projectRoot, 'build', 'actions', action, 'src', `${module}.js`))) as T;
}

test('the suite has its five actions', () => {
  expect(actions).toEqual(['bump-gitops-image', 'create-tag', 'open-deploy-pr', 'test-subset', 'verify-rollout']);
});

describe.each(actions)('%s: action.yml is what the code does', (action) => {
  test('the same inputs, with the same defaults and the same required', async () => {
    const { inputSpec } = await load<{ inputSpec: InputSpec }>(action, 'inputs');
    const manifest = await readActionManifest(action);
    const declared = Object.entries(manifest.inputs).map(([name, input]) => ({
      name,
      default: input.default ?? '',
      required: input.required ?? false,
    }));
    const implemented = Object.entries(inputSpec).map(([name, input]) => ({
      name,
      default: input.default ?? '',
      required: input.required,
    }));
    expect(byName(declared)).toEqual(byName(implemented));
  });

  test('the same outputs', async () => {
    const { outputNames } = await load<{ outputNames: readonly string[] }>(action, 'outputs');
    const manifest = await readActionManifest(action);
    const implemented = [...outputNames.map(kebabCase), 'reason-code', 'requests'];
    expect(Object.keys(manifest.outputs).sort()).toEqual(implemented.sort());
  });

  test('every default is a text, as the runner hands it over', async () => {
    const { inputs } = await readActionManifest(action);
    for (const [name, input] of Object.entries(inputs)) {
      expect([name, typeof (input.default ?? '')]).toEqual([name, 'string']);
    }
  });

  test('it runs on node24 and its bundle is committed', async () => {
    const manifest = await readActionManifest(action);
    expect(manifest.runs).toMatchObject({ using: 'node24', main: `../../dist/${action}/index.js` });
    await access(manifest.mainPath);
  });

  test('every reason code says what it means, and what to change unless nothing is wrong', async () => {
    const { reasons } = await load<{ reasons: ReasonTable }>(action, 'reasons');
    expect(Object.keys(reasons)).toEqual(expect.arrayContaining(['bad-input', 'internal-error']));
    for (const [code, reason] of Object.entries(reasons)) {
      expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(reason.meaning).not.toBe('');
    }
  });

  test('its README is at most 150 lines', async () => {
    const readme = await readFile(join(projectRoot, 'actions', action, 'README.md'), 'utf8');
    expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(150);
  });
});

function byName<T extends { name: string }>(entries: T[]): T[] {
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}
