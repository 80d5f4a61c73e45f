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
    name: 'open-deploy-pr',
    inputs: inputSpec,
    outputs: outputNames,
    reasons,
    run: (inputs, { runner, meter }) => {
      const connection = { ...endpointsOf(inputs.githubApiUrl, runner.context), meter, log: runner.log };
      const github = connectGitHub({ ...connection, token: inputs.token });
      const source = connectGitHub({ ...connection, token: inputs.sourceToken });
      return run(inputs, { github, source, runner, timer: systemTimer });
    },
  });
}
