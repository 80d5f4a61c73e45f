import { badInput } from '#shared/inputs.ts';
import type { ExpectedImage } from './cluster/parse-image.ts';
import type { KnownDeploy } from './deploy/read-deploy.ts';
import type { Expectation, GitOpsTarget, Target } from './expectation.ts';
import type { RevisionBook } from './gitops/revision-book.ts';
import type { Inputs } from './inputs.ts';

/** What is to be verified, from the inputs and the deploy; explicit inputs win. */
export interface Plan {
  readonly namespace: string;
  readonly image: ExpectedImage;
  readonly revision: string;
  readonly gitOps: Pick<GitOpsTarget, 'kind' | 'name' | 'namespace'> | undefined;
  readonly versionUrl: string;
  readonly versionExpect: string;
  readonly timeoutSeconds: number;
}

const defaultTimeoutSeconds = 600;

/** Puts inputs and deploy together. Throws a UserError that lists everything that is missing. */
export function readPlan(inputs: Inputs, deploy: KnownDeploy | undefined): Plan {
  const marker = deploy?.marker;
  const sameImage = marker !== undefined && (inputs.image === '' || inputs.image === marker.image);
  const namespace = inputs.namespace || (marker?.environment ?? '');
  const tag = inputs.tag || (sameImage ? marker.version : '');
  const gitOps = gitOpsOf(inputs);
  const repository = inputs.image || (marker?.image ?? '');
  const problems: string[] = [];
  if (namespace === '') problems.push('namespace: missing; no deploy names an environment');
  if (repository === '' && gitOps === undefined) {
    problems.push(
      'image: missing; set image and tag, deploy: auto, or a GitOps object whose workloads are all to be verified',
    );
  }
  if (repository !== '' && tag === '' && inputs.digest === '')
    problems.push('tag: missing; without tag and digest any version would do');
  if (inputs.fluxKustomization !== undefined && inputs.argocdApplication !== undefined) {
    problems.push('argocd-application: set either this or flux-kustomization');
  }
  if (problems.length > 0) throw badInput(problems);
  const digest = inputs.digest || (sameImage && inputs.tag === '' ? (marker.digest ?? '') : '');
  const fill = (text: string) =>
    text.replaceAll('ENVIRONMENT', marker?.environment ?? namespace).replaceAll('SERVICE', marker?.service ?? '');
  return {
    namespace,
    image: { repository, tag, digest },
    revision: inputs.revision || (gitOps === undefined ? '' : (deploy?.pull?.mergeCommit ?? '')),
    gitOps,
    versionUrl: fill(inputs.versionUrl),
    versionExpect: inputs.versionExpect || tag,
    timeoutSeconds: inputs.timeout ?? defaultTimeoutSeconds,
  };
}

/** The expectation for the engine; `start` is the API server's time in milliseconds. */
export function readExpectation(
  plan: Plan,
  inputs: Inputs,
  found: { targets: readonly Target[]; start: number; revisions: RevisionBook | undefined },
): Expectation {
  const { targets, start, revisions } = found;
  return {
    namespace: plan.namespace,
    targets,
    image: plan.image,
    sameDigests: new Set(),
    gitOps: withRelation(plan.gitOps, revisions),
    allowZero: inputs.allowZero,
    maxUnavailable: inputs.maxUnavailable,
    onPaused: inputs.onPaused,
    onSuspended: inputs.onSuspended,
    deadline: start + plan.timeoutSeconds * 1000,
  };
}

/** The GitOps object with what is known about revisions; without an expected commit every revision will do. */
export function withRelation(gitOps: Plan['gitOps'], revisions: RevisionBook | undefined): GitOpsTarget | undefined {
  if (gitOps === undefined) return undefined;
  return { ...gitOps, relation: revisions === undefined ? undefined : (commit) => revisions.relationOf(commit) };
}

function gitOpsOf(inputs: Inputs): Plan['gitOps'] {
  const { fluxKustomization: flux, argocdApplication: argo } = inputs;
  if (flux !== undefined) return { kind: 'flux', name: flux.name, namespace: flux.namespace || 'flux-system' };
  if (argo !== undefined) return { kind: 'argo', name: argo.name, namespace: argo.namespace || 'argocd' };
  return undefined;
}
