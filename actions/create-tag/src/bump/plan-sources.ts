import { parseCommit } from '#shared/commits/parse-commit.ts';
import type { MergedPull } from './bump.ts';
import { bumpOfLabel } from './parse-label.ts';
import {
  type BumpPolicy,
  isSilent,
  judgeParts,
  type Source,
  silent,
  strongest,
  type Verdict,
} from './plan-message-bump.ts';

/** A breaking change that another source has overruled: its rule, and why that was not the one to decide. */
export interface Overruled {
  readonly rule: string;
  readonly why: string;
}

/** A verdict with the breaking change that it overrules. */
export interface SourcedVerdict extends Verdict {
  readonly overruled: Overruled | undefined;
}

/** Asks the sources in their order; the first that says anything decides. `own` is what the commit's message says. */
export function judgeBySources(pull: MergedPull | undefined, own: Verdict, policy: BumpPolicy): SourcedVerdict {
  const verdicts: Readonly<Record<Source, Verdict>> = {
    commits: own,
    'pr-title': pull === undefined ? silent : byTitle(pull, policy),
    labels: pull === undefined ? silent : byLabels(pull, policy),
  };
  const winner = policy.source.find((source) => !isSilent(verdicts[source]));
  const verdict = winner === undefined ? silent : verdicts[winner];
  if (verdict.bump === 'major') return { ...verdict, overruled: undefined };
  const breaking = SOURCES.find((source) => verdicts[source].bump === 'major');
  if (breaking === undefined) return { ...verdict, overruled: undefined };
  const asked = policy.source.includes(breaking);
  const why = asked ? `${winner} comes before ${breaking} in source` : `${breaking} is not in source`;
  return { ...verdict, overruled: { rule: verdicts[breaking].rule, why } };
}

const SOURCES: readonly Source[] = ['commits', 'pr-title', 'labels'];

function byTitle(pull: MergedPull, policy: BumpPolicy): Verdict {
  const verdict = judgeParts([parseCommit(pull.title.split('\n', 1)[0] ?? '')], policy);
  return isSilent(verdict) ? silent : { ...verdict, rule: `${verdict.rule} (title of #${pull.number})` };
}

// A label that skips the release comes first; else the highest counts, so that a forgotten one does no harm.
function byLabels({ labels, number, author = '' }: MergedPull, { ignoreBodyAuthors }: BumpPolicy): Verdict {
  const byBot = ignoreBodyAuthors.includes(author.toLowerCase());
  const found = labels.flatMap((label) => {
    const asked = bumpOfLabel(label);
    // Dependabot labels its own pull requests `major`, `minor` or `patch`, after the step of the dependency.
    if (asked === undefined || (byBot && asked.kind === 'bare')) return [];
    return [{ kind: asked.kind, bump: asked.bump, rule: `label ${label} of #${number}` }];
  });
  const { bump, rule } = found.find(({ kind }) => kind === 'skip') ?? strongest(found);
  return { bump, rule };
}
