import { describe, expect, test } from '@jest/globals';
import { startUpErrors } from './start-up.ts';

const CALLED = `
on:
  workflow_call:
    inputs:
      service: { required: true, type: string }
      note: { type: string }
    secrets:
      TOKEN: { required: true }
      OTHER: {}
jobs:
  build:
    if: false
    permissions: { contents: write, pull-requests: write }
    runs-on: ubuntu-latest
`;
const WIDE = `on: [workflow_call]\npermissions: { contents: write }\njobs: {}\n`;
const NESTED = `on: workflow_call\njobs:\n  inner:\n    uses: ./called.yml\n`;
const FILES: Readonly<Record<string, string>> = {
  './called.yml': CALLED,
  './wide.yml': WIDE,
  './nested.yml': NESTED,
  './push.yml': 'on: push\njobs: {}\n',
};

const ENOUGH = { contents: 'write', 'pull-requests': 'write' };

/** The errors of a workflow with one job, `call`, on line 3. */
function errors(job: Readonly<Record<string, unknown>>) {
  const body = { uses: './called.yml', permissions: ENOUGH, with: { service: 'a' }, secrets: { TOKEN: 'x' }, ...job };
  const lines = Object.entries(body)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `    ${name}: ${JSON.stringify(value)}`);
  const text = ['on: push', 'jobs:', '  call:', ...lines, ''].join('\n');
  const resolve = (uses: string) => {
    const found = FILES[uses];
    return found === undefined ? undefined : { path: uses, text: found };
  };
  return startUpErrors({ path: '.github/workflows/x.yml', text }, resolve);
}

const at = (line: number, col: number) =>
  `The workflow is not valid. .github/workflows/x.yml (Line: ${line}, Col: ${col}): `;
const USES = at(4, 11);
const JOB = at(3, 3);
const calling = (name: string) => `${JOB}Error calling workflow './${name}.yml'. `;

describe('a call is refused before the run has jobs', () => {
  test.each<[string, Parameters<typeof errors>[0], string]>([
    [
      'when a required input is missing',
      { with: {} },
      `${USES}Input service is required, but not provided while calling.`,
    ],
    [
      'when a required secret is missing',
      { secrets: {} },
      `${USES}Secret TOKEN is required, but not provided while calling.`,
    ],
    [
      'when an input is unknown',
      { with: { service: 'a', nope: 1 } },
      `${at(6, 33)}Invalid input, nope is not defined in the referenced workflow.`,
    ],
    [
      'when a secret is unknown',
      { secrets: { TOKEN: 'x', NOPE: 'x' } },
      `${at(7, 34)}Invalid secret, NOPE is not defined in the referenced workflow.`,
    ],
    [
      'when a job of it asks for more than is granted, even one that never runs',
      { permissions: { contents: 'read' } },
      `${calling('called')}The nested job 'build' is requesting 'contents: write, pull-requests: write', but is only allowed 'contents: read, pull-requests: none'.`,
    ],
    [
      'when it asks for more than the default grants',
      { uses: './wide.yml', permissions: undefined, with: undefined, secrets: undefined },
      `${calling('wide')}The workflow is requesting 'contents: write', but is only allowed 'contents: read'.`,
    ],
    [
      'when a workflow that it calls asks for more',
      { uses: './nested.yml', permissions: 'read-all', with: undefined, secrets: undefined },
      `${calling('nested')}The nested job 'build' is requesting 'contents: write, pull-requests: write', but is only allowed 'contents: read, pull-requests: read'.`,
    ],
    [
      'when it cannot be called',
      { uses: './push.yml', with: undefined, secrets: undefined },
      `${USES}workflow_call key is not defined in the referenced workflow.`,
    ],
    [
      'when it does not exist',
      { uses: './nowhere.yml' },
      'error parsing called workflow ".github/workflows/x.yml" -> "./nowhere.yml" : workflow was not found.',
    ],
  ])('%s', (_, job, message) => {
    expect(errors(job)).toEqual([message]);
  });
});

describe('a call is accepted', () => {
  test.each<[string, Parameters<typeof errors>[0]]>([
    ['that gives what is asked for', {}],
    ['that grants everything', { permissions: 'write-all' }],
    ['whose names are in another case', { with: { SERVICE: 'a' }, secrets: { token: 'x' } }],
    ['that inherits its secrets', { secrets: 'inherit' }],
  ])('%s', (_, job) => {
    expect(errors(job)).toEqual([]);
  });

  test('of nothing at all', () => {
    expect(startUpErrors({ path: 'x.yml', text: 'on: push\n' }, () => undefined)).toEqual([]);
  });
});
