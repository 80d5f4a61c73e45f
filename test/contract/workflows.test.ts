import { describe, expect, test } from '@jest/globals';
import { startUpErrors } from '../sandbox/workflows/start-up.ts';
import { readActionManifest } from '../support/action-manifest.ts';
import { readExampleCallers, readWorkflows, requiredPermissions, type Workflow } from './workflow-files.ts';

const workflows = await readWorkflows();
const reusable = workflows.filter(({ name }) => name !== 'ci');
const examples = await readExampleCallers();

const MAX_THIRD_PARTY = 5;
const steps = (workflow: Workflow) => Object.values(workflow.jobs).flatMap((job) => job.steps ?? []);

// `$/` is the commit's own repository; the README writes OWNER and SHA where callers put theirs.
const OURS = /^(?:\$\/|OWNER\/trunkline\/)\.github\/workflows\/([\w-]+)\.yml(?:@SHA)?$/;

function resolve(uses: string) {
  const called = workflows.find(({ name }) => name === OURS.exec(uses)?.[1]);
  return called === undefined ? undefined : fileOf(called);
}

function fileOf({ name, text }: Workflow) {
  return { path: `.github/workflows/${name}.yml`, text };
}

test('there are the four reusable workflows, and ci', () => {
  expect(workflows.map(({ name }) => name).sort()).toEqual([
    'ci',
    'open-deploy',
    'release-service',
    'test-pull-request',
    'verify-deploy',
  ]);
});

describe.each(workflows)('$name', (workflow) => {
  test('grants nothing at the top, and each job exactly what it needs', () => {
    expect(workflow.permissions).toEqual({});
    for (const [name, job] of Object.entries(workflow.jobs))
      expect([name, job.permissions]).toEqual([name, expect.any(Object)]);
  });

  test('every action of somebody else is pinned by commit SHA, with its version beside it', () => {
    for (const line of workflow.text.split('\n').filter((text) => /\buses: (?!\$\/)/.test(text))) {
      expect(line).toMatch(/uses: [\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  test('no expression is pasted into a script: values come by the environment', () => {
    for (const step of steps(workflow)) expect(step.run ?? '').not.toContain('${{');
  });

  test('never runs on pull_request_target or workflow_run', () => {
    expect(Object.keys(workflow.on as object)).not.toEqual(expect.arrayContaining(['pull_request_target']));
    expect(Object.keys(workflow.on as object)).not.toEqual(expect.arrayContaining(['workflow_run']));
  });

  test('gives our actions only inputs that they have, and reads only outputs that they have', async () => {
    for (const step of steps(workflow).filter(({ uses }) => uses?.startsWith('$/actions/'))) {
      const name = step.uses?.slice('$/actions/'.length) ?? '';
      const manifest = await readActionManifest(name);
      const unknown = Object.keys(step.with ?? {}).filter((input) => manifest.inputs[input] === undefined);
      const required = Object.entries(manifest.inputs).filter(
        ([input, { required }]) => required && step.with?.[input] === undefined,
      );
      expect([name, unknown, required]).toEqual([name, [], []]);
      for (const [, output] of workflow.text.matchAll(
        new RegExp(`steps\\.${step.id ?? '-'}\\.outputs\\.([a-z-]+)`, 'g'),
      )) {
        expect([name, Object.keys(manifest.outputs)]).toEqual([name, expect.arrayContaining([output])]);
      }
    }
  });

  test('calls our other workflows as GitHub accepts it: inputs, secrets and permissions', () => {
    expect(startUpErrors(fileOf(workflow), resolve)).toEqual([]);
  });
});

test('all workflows together use at most five actions of somebody else', () => {
  const used = reusable.flatMap((workflow) =>
    [...workflow.text.matchAll(/uses: ([\w-]+\/[\w./-]+)@/g)].map((match) => match[1]),
  );
  expect(new Set(used).size).toBeLessThanOrEqual(MAX_THIRD_PARTY);
});

describe.each(reusable)('$name, as people call it', (workflow) => {
  test('every input and secret is described', () => {
    for (const [name, entry] of Object.entries({ ...workflow.call.inputs, ...workflow.call.secrets })) {
      expect([name, entry.description]).toEqual([name, expect.stringMatching(/\S/)]);
    }
  });

  test('refuses pull_request_target and workflow_run with the reason, itself or in the workflow it calls first', () => {
    const calls = Object.values(workflow.jobs).some((job) => job.uses === '$/.github/workflows/test-pull-request.yml');
    expect(calls || /Event refused::/.test(workflow.text)).toBe(true);
  });

  test('the README has an example of a caller: under 20 lines, with what is required and the exact permissions', () => {
    const calls = examples.flatMap((example) =>
      Object.values(example.jobs)
        .filter(({ uses }) => uses === `OWNER/trunkline/.github/workflows/${workflow.name}.yml@SHA`)
        .map((job) => ({ example, job })),
    );
    expect(calls).toHaveLength(1);
    for (const { example, job } of calls) {
      expect(example.text.split('\n').filter((line) => line !== '').length).toBeLessThan(20);
      expect(startUpErrors(fileOf(example), resolve)).toEqual([]);
      expect(job.permissions).toEqual(requiredPermissions(workflow, workflows));
    }
  });
});
