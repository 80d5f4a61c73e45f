import type { TagObject } from '#shared/github/tags.ts';
import type { Report } from '#shared/run-action.ts';
import type { Annotation } from '#shared/runner/runner.ts';
import { forLog } from '#shared/untrusted.ts';
import type { JudgedCommit } from './bump/plan-bump.ts';
import { MAX_OUTPUT_BYTES, type OutputName } from './outputs.ts';
import type { Failure } from './release/after-tag.ts';
import { type FollowUp, type FollowUpRequest, notesOf } from './release/follow-up.ts';
import { renderHeadline, renderSummary } from './render-summary.ts';
import { decisionOf } from './version/plan-decision.ts';
import { imageTag } from './version/plan-image-tag.ts';
import type { TagPlan } from './version/plan-tag.ts';

/** What a run has to tell about. */
export interface Told extends FollowUpRequest {
  readonly followUp?: FollowUp;
  /** The object of the tag, made or found; undefined for a lightweight tag. */
  readonly object?: TagObject | undefined;
}

/** Puts outputs, summary and annotations of a run together. */
export function reportOf(told: Told): Report<OutputName> {
  const { inputs, target, runner, history, plan } = told;
  const reason = reasonOf(told);
  const { superseding } = plan;
  const ownNotes = told.notesText ?? notesOf({ history, target, runner, inputs });
  const notes = cutToBytes(told.followUp?.notes ?? ownNotes);
  const { releaseUrl, dispatchedRunUrl, failure } = told.followUp ?? {};
  const decision = decisionOf(plan, { sha: target.sha, prefix: inputs.prefix, channel: inputs.prerelease });
  return {
    outputs: {
      ...versionOutputs(plan),
      created: reason === 'created',
      reason,
      build:
        failure === undefined && superseding === undefined && (reason === 'created' || reason === 'already-tagged'),
      bump: plan.bump,
      sha: target.sha,
      ...checkedOutputs(told),
      notes,
      releaseUrl,
      dispatchedRunUrl,
      components: undefined,
      matrix: undefined,
      decision,
    },
    reasonCode: failure?.reasonCode ?? reason,
    ...(failure === undefined ? {} : { failure: `${whatFailed(plan, failure)}\nTo do: ${failure.remedy}` }),
    headline: renderHeadline({ reason, plan, sha: target.sha }),
    summary: renderSummary({
      reason,
      plan,
      subject: history.preview ?? target.sha,
      // What GitHub generates is not escaped.
      notes: inputs.notes === 'generated' ? ownNotes : notes,
      links: { releaseUrl, dispatchedRunUrl },
      failure: failure === undefined ? undefined : { what: whatFailed(plan, failure), remedy: failure.remedy },
    }),
    annotations: [...annotationsOf(plan), ...unverified(told), ...startsNothing(told)],
  };
}

// Only what a person or GitHub has written may be longer.
function cutToBytes(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= MAX_OUTPUT_BYTES) return text;
  return `${bytes
    .subarray(0, MAX_OUTPUT_BYTES)
    .toString()
    .replace(/\uFFFD$/, '')}\n\n… (cut)`;
}

function whatFailed({ tag }: TagPlan, { message }: Failure): string {
  return `${tag?.tag} exists, but ${message}`;
}

// What could not be read after the tag is not told as false.
function checkedOutputs({ plan: { superseding }, created, object, followUp }: Told) {
  const unread = followUp?.failure?.reasonCode === 'check-failed';
  const none = unread && created ? undefined : false;
  return {
    tagObjectSha: object?.sha,
    verified: object?.verified ?? (unread ? undefined : false),
    superseded: superseding === undefined ? none : true,
    supersedingTag: superseding?.tag,
  };
}

// GitHub's guard against endless loops: events of GITHUB_TOKEN start no workflow, except the dispatches.
// https://docs.github.com/en/actions/concepts/security/github_token
function startsNothing({ inputs, created }: Told): Annotation[] {
  const ownToken = inputs.token !== '' && inputs.token === inputs.workflowToken;
  if (!created || !ownToken || inputs.dispatch !== '') return [];
  const message =
    'The tag was made with GITHUB_TOKEN, so `on: push: tags` does not start. Build in this workflow, set `dispatch`, or pass the token of a GitHub App.';
  return [{ level: 'notice', title: 'No workflow starts on the tag', message }];
}

function versionOutputs({ tag, previous }: TagPlan) {
  return {
    tag: tag?.tag,
    version: tag?.version,
    major: tag?.major,
    minor: tag?.minor,
    patch: tag?.patch,
    imageTag: tag === undefined ? undefined : imageTag(tag),
    previousTag: previous?.tag,
    previousVersion: previous?.version,
  };
}

function reasonOf({ inputs, plan }: Told): 'created' | 'dry-run' | Exclude<TagPlan['outcome'], 'create'> {
  if (plan.outcome !== 'create') return plan.outcome;
  return inputs.dryRun ? 'dry-run' : 'created';
}

function annotationsOf({ tag, superseding, outcome, commits, warnings }: TagPlan): Annotation[] {
  const told: Annotation[] = [
    ...warnings.map(({ title, message }) => ({ level: 'warning' as const, title, message: `${forLog(message)}.` })),
    ...commits.filter((commit) => commit.overruled !== undefined).map(overruledWarning),
  ];
  if (superseding === undefined || tag === undefined || outcome === 'contained') return told;
  const message = `${superseding.tag} contains ${tag.tag}: deploying ${tag.tag} now would roll back.`;
  return [...told, { level: 'warning', title: 'Superseded', message }];
}

// GitHub knows a signature by the signing keys of the account that the tagger's address belongs to.
// https://docs.github.com/en/authentication/managing-commit-signature-verification/about-commit-signature-verification
function unverified({ inputs, object, created }: Told): Annotation[] {
  if (inputs.signingKey === '' || !created || object?.verified === true) return [];
  const message = `The tag is signed, but GitHub does not verify it: add the public key as a signing key to the account of ${inputs.tagger.email}.`;
  return [{ level: 'notice', title: 'Unverified signature', message: forLog(message) }];
}

function overruledWarning({ sha, rule, overruled }: JudgedCommit): Annotation {
  const message = `Commit ${sha.slice(0, 7)} is breaking by "${overruled?.rule}", but "${rule}" decides: ${overruled?.why}.`;
  return { level: 'warning', title: 'Breaking change overruled', message: forLog(message) };
}
