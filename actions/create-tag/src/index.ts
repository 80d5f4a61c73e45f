import { connectGitHub } from '#shared/github/client.ts';
import { graphqlUrlOf } from '#shared/github/graphql-url.ts';
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
      const apiUrl = inputs.githubApiUrl === '' ? runner.context.apiUrl : inputs.githubApiUrl;
      const graphqlUrl = graphqlUrlOf(apiUrl, runner.context);
      const github = connectGitHub({ token: inputs.token, apiUrl, graphqlUrl, meter, log: runner.log });
      return run(inputs, { github, runner, timer: systemTimer });
    },
  });
}
