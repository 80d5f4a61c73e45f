import type { Report } from '#shared/run-action.ts';
import { checkBranch } from './check-branch.ts';
import { checkInputs } from './check-inputs.ts';
import type { Inputs } from './inputs.ts';
import type { OutputName } from './outputs.ts';
import { readNotesFile } from './release/read-notes-file.ts';
import { reportOf } from './report.ts';
import { reportOfComponents } from './report-components.ts';
import { resolveTarget, type Target } from './resolve-target.ts';
import { parseSigningKey } from './tag/parse-signing-key.ts';
import { type Ports, tagCommit } from './tag-commit.ts';
import { tagComponents } from './tag-components.ts';
import { rangeOfBranch } from './version/parse-branch-rules.ts';

/** Creates the next immutable tag of a service, or of each service of a monorepo, or says why there is none to create. */
export async function run(inputs: Inputs, ports: Ports): Promise<Report<OutputName>> {
  const asked = resolveTarget(inputs, ports.runner);
  checkInputs(inputs, asked);
  const key = inputs.signingKey === '' ? undefined : parseSigningKey(inputs.signingKey);
  const notesText = await readNotesFile(inputs, ports.runner.context);
  const target = await onAllowedBranch(asked, inputs, ports);
  if (inputs.components.length === 0) return reportOf(await tagCommit(inputs, ports, { target, key, notesText }));
  return reportOfComponents(await tagComponents(inputs, ports, { target, key }), target);
}

// A dry run shows what any commit would become, also one that is on no allowed branch yet.
async function onAllowedBranch(target: Target, inputs: Inputs, { github }: Ports): Promise<Target> {
  const branch = inputs.dryRun ? target.branch : await checkBranch(github, target, inputs);
  const range = branch === undefined ? undefined : rangeOfBranch(inputs.branchRules, branch);
  return { ...target, branch, ...(range === undefined ? {} : { range }) };
}
