import { tmpdir } from 'node:os';
import { openGit } from '#shared/git/git.ts';
import { readInputs } from '#shared/inputs.ts';
import type { Report } from '#shared/run-action.ts';
import { inputSpec } from '../../../actions/test-subset/src/inputs.ts';
import type { outputNames } from '../../../actions/test-subset/src/outputs.ts';
import { run } from '../../../actions/test-subset/src/run.ts';
import { type RecordingRunner, recordingRunner } from '../../support/recording-runner.ts';
import type { TemporaryRepository } from './temporary-repository.ts';

/** What the action answered, and what it said while it ran. */
export interface Outcome extends Report<(typeof outputNames)[number]> {
  readonly runner: RecordingRunner;
}

/** Runs the action in a checkout with inputs by their names in action.yml and an event as GitHub would send it. */
export async function runInRepository(
  folder: string,
  options: {
    inputs?: Readonly<Record<string, string>>;
    eventName?: string;
    ref?: string;
    event?: Record<string, unknown>;
  } = {},
): Promise<Outcome> {
  const given = Object.entries(options.inputs ?? {}).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  const inputs = readInputs(inputSpec, Object.fromEntries(given));
  const context = {
    workspace: folder,
    temporaryFolder: tmpdir(),
    eventName: options.eventName ?? 'workflow_dispatch',
    ref: options.ref ?? 'refs/heads/main',
  };
  const runner = recordingRunner(context, options.event ?? {});
  return { ...(await run(inputs, { git: await openGit(folder), runner })), runner };
}

/** Commits changes on `base`, whatever was tried before, and runs the action with what came since. */
export async function runOnChanges(
  repository: TemporaryRepository,
  base: string,
  {
    changes,
    inputs = {},
  }: { changes: Readonly<Record<string, string | null>>; inputs?: Readonly<Record<string, string>> },
): Promise<Outcome> {
  repository.git('checkout', '--quiet', '--force', '--detach', base);
  repository.git('clean', '-qfd');
  repository.commit(changes);
  return runInRepository(repository.folder, { inputs: { base, ...inputs } });
}
