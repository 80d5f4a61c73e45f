import { connectGitHub } from '#shared/github/client.ts';
import { endpointsOf } from '#shared/github/endpoints.ts';
import { dockerCredentials } from '#shared/registry/credentials.ts';
import { connectRegistry } from '#shared/registry/registry.ts';
import { systemTimer } from '#shared/retry.ts';
import { runAction } from '#shared/run-action.ts';
import { workspacePath } from '#shared/runner/workspace-path.ts';
import { inputSpec } from './inputs.ts';
import { outputNames } from './outputs.ts';
import { reasons } from './reasons.ts';
import { run } from './run.ts';

/** Starts the action. */
export function start(): Promise<void> {
  return runAction({
    name: 'bump-gitops-image',
    inputs: inputSpec,
    outputs: outputNames,
    reasons,
    run: (given, { runner, meter }) => {
      const { context } = runner;
      const inputs = { ...given, repository: given.repository || context.repository };
      const endpoints = endpointsOf(inputs.githubApiUrl, context);
      const { registryUsername: username, registryPassword: password } = inputs;
      const own = username === '' && password === '' ? undefined : { username, password };
      return run(inputs, {
        runner,
        // A checkout is changed without GitHub, and without a token.
        get github() {
          return connectGitHub({ ...endpoints, token: inputs.token, meter, log: runner.log });
        },
        registry: connectRegistry({ credentials: own ? async () => own : dockerCredentials(), meter }),
        timer: systemTimer,
        worktree: workspacePath(context.workspace, { name: 'path', path: inputs.path }),
      });
    },
  });
}
