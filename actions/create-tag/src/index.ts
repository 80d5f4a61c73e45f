import { connectGitHub } from '#shared/github/client.ts';
import { endpointsOf } from '#shared/github/endpoints.ts';
import { systemTimer } from '#shared/retry.ts';
import { runAction } from '#shared/run-action.ts';
import { inputSpec } from './inputs.ts';
import { outputNames } from './outputs.ts';
import { reasons } from './reasons.ts';
import { run } from './run.ts';

/** Starts the action. */
export function start(): Promise<void> {
  return runAction({
    name: 'create-tag',
    inputs: inputSpec,
    outputs: outputNames,
    reasons,
    run: (inputs, { runner, meter }) => {
      const endpoints = endpointsOf(inputs.githubApiUrl, runner.context);
      const waitMs = (inputs.timeout ?? 0) * 1000;
      const patience = { retryBudgetMs: waitMs, waitBudgetMs: waitMs };
      const github = connectGitHub({ ...endpoints, ...patience, token: inputs.token, meter, log: runner.log });
      return run(inputs, { github, runner, timer: systemTimer });
    },
  });
}
