import { expect, test } from '@jest/globals';
import { environmentOfRunStep } from '#shared/runner/child-environment.ts';

test('a program of the project sees what a run step would see, and no input or token of the action', () => {
  const environment = {
    PATH: '/bin',
    GITHUB_SHA: 'abc',
    RUNNER_TEMP: '/tmp',
    UNDEFINED: undefined,
    'INPUT_GITHUB-TOKEN': 'secret',
    STATE_key: 'secret',
    ACTIONS_RUNTIME_TOKEN: 'secret',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'secret',
    ACTIONS_STEP_DEBUG: 'true',
  };
  expect(environmentOfRunStep(environment)).toEqual({
    PATH: '/bin',
    GITHUB_SHA: 'abc',
    RUNNER_TEMP: '/tmp',
    ACTIONS_STEP_DEBUG: 'true',
  });
});
