import { parseCommit } from '#shared/commits/parse-commit.ts';
import { higherBump, type MergedPull } from './bump.ts';
import { bumpOfLabel } from './parse-label.ts';
import { type BumpPolicy, judgeParts, type Source, silent, type Verdict } from './plan-message-bump.ts';

/** A verdict with the breaking change that it overrules, in words. */
export interface SourcedVerdict extends Verdict {
  readonly overruled: string | undefined;
}

/** Asks the sources in their order; the first that says anything decides. `own` is what the commit's message says. */
export function judgeBySources(pull: MergedPull | undefined, own: Verdict, policy: BumpPolicy): SourcedVerdict {
  const verdicts: Readonly<Record<Source, () => Verdict>> = {
    commits: () => own,
    'pr-title': () => (pull === undefined ? silent : byTitle(pull, policy)),
    labels: () => (pull === undefined ? silent : byLabels(pull)),
  };
  const said = policy.source.map((source) => verdicts[source]()).filter((verdict) => verdict.rule !== silent.rule);
  const winner = said[0] ?? silent;
  const breaking = said.find(({ bump }) => bump === 'major');
  const overruled = breaking !== undefined && winner.bump !== 'major' ? breaking.rule : undefined;
  return { ...winner, overruled };
}

function byTitle(pull: MergedPull, policy: BumpPolicy): Verdict {
  const verdict = judgeParts([parseCommit(pull.title.split('\n', 1)[0] ?? '')], policy);
  return verdict.rule === silent.rule ? silent : { ...verdict, rule: `${verdict.rule} (title of #${pull.number})` };
}

// Of several labels the highest counts, so that a forgotten one does no harm.
function byLabels({ labels, number }: MergedPull): Verdict {
  let best: Verdict = silent;
  for (const label of labels) {
    const bump = bumpOfLabel(label);
    if (bump === undefined || (best !== silent && higherBump(bump, best.bump) === best.bump)) continue;
    best = { bump, rule: `label ${label} of #${number}` };
  }
  return best;
}
