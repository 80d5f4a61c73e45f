import { openGit } from '#shared/git/git.ts';
import { runAction } from '#shared/run-action.ts';
import { workspacePath } from '#shared/runner/workspace-path.ts';
import { inputSpec } from './inputs.ts';
import { outputNames } from './outputs.ts';
import { reasons } from './reasons.ts';
import { run } from './run.ts';

/** Starts the action; settles when it has told everything. */
export function start(): Promise<void> {
  return runAction({
    name: 'test-subset',
    inputs: inputSpec,
    outputs: outputNames,
    reasons,
    run: async (inputs, { runner }) => {
      const git = await openGit(workspacePath(runner.context.workspace, { name: 'root', path: inputs.root }));
      return run(inputs, { git, runner });
    },
  });
}
