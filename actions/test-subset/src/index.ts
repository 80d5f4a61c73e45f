import { join } from 'node:path';
import { openGit } from '#shared/git/git.ts';
import { runAction } from '#shared/run-action.ts';
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
      const git = await openGit(join(runner.context.workspace, inputs.root));
      return run(inputs, { git, runner });
    },
  });
}
