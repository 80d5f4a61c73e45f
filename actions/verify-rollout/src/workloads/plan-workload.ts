import { type Finding, NEVER, NOW } from '../causes/finding.ts';
import { findPodCauses } from '../causes/plan-pod-causes.ts';
import { nameOf, type Pod, type PodTemplate, type Workload } from '../cluster/kube-objects.ts';
import { type ObservedState, type Seen, templateKey } from '../cluster/observed-state.ts';
import { digestOfImageId, formatImage, hasVersion, isSameRepository } from '../cluster/parse-image.ts';
import type { Expectation, Target } from '../expectation.ts';
import { planDaemonSet } from './plan-daemonset.ts';
import { planDeployment } from './plan-deployment.ts';
import { planCronJob, planJob } from './plan-job.ts';
import { planStatefulSet } from './plan-statefulset.ts';
import type { RolloutStatus } from './rollout-status.ts';

/** Where one workload stands. */
export interface Assessment {
  readonly workload: string;
  readonly phase: 'missing' | 'other-image' | 'progressing' | 'complete' | 'suspended';
  readonly progress: string;
  readonly findings: readonly Finding[];
  readonly pods: readonly Pod[];
  /** For `other-image`: the images instead, whether that rollout is complete, and since when (server milliseconds). */
  readonly other?: {
    readonly images: string;
    readonly isComplete: boolean;
    readonly since: number;
    readonly changed: boolean;
    readonly hadExpected: boolean;
  };
}

const planners = {
  deployment: planDeployment,
  statefulset: planStatefulSet,
  daemonset: planDaemonSet,
  job: planJob,
  cronjob: planCronJob,
} satisfies Record<Target['kind'], unknown>;

/** Judges one workload: its template first, then its own status, then the images of its live pods. */
export function assessWorkload(target: Target, observed: ObservedState, expectation: Expectation): Assessment {
  const workload = `${target.kind}/${target.name}`;
  const resource = `${target.kind}s`;
  const seen = observed.find<Workload>(resource, target.name, expectation.namespace);
  if (seen === undefined) return missing(workload, target, observed);
  const { metadata, status: current } = seen.object;
  const isObserved =
    target.kind === 'job' ||
    target.kind === 'cronjob' ||
    (current?.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  if (!isObserved)
    return {
      workload,
      phase: 'progressing',
      progress: 'its controller has not seen the change yet',
      findings: [],
      pods: [],
    };
  const status = planners[target.kind](seen.object, observed, expectation);
  const { pods, progress } = status;
  if (!hasExpectedImage(seen.object, expectation)) return otherImage({ target, seen, status, observed, expectation });
  if (status.suspended !== undefined)
    return { workload, phase: 'suspended', progress, pods, findings: [status.suspended] };
  const findings = [
    ...pods.flatMap((pod) => findPodCauses(pod, observed)),
    ...status.findings,
    ...wrongPods(workload, pods, expectation),
  ];
  const wrong = findings.some(({ class: kind }) => kind === 'WrongImage' || kind === 'WrongDigest');
  return { workload, phase: status.isComplete && !wrong ? 'complete' : 'progressing', progress, pods, findings };
}

/** The template of the pods of any kind of workload. */
export function templateOf(workload: Workload): PodTemplate | undefined {
  return workload.spec?.template ?? workload.spec?.jobTemplate?.spec?.template;
}

function imagesOf(template: { readonly spec?: Pod['spec'] } | undefined, repository: string): string[] {
  const all = [...(template?.spec?.initContainers ?? []), ...(template?.spec?.containers ?? [])].map(
    ({ image }) => image ?? '',
  );
  return all.filter((image) => isSameRepository(image, repository));
}

function hasExpectedImage(workload: Workload, { image }: Expectation): boolean {
  if (image.repository === '') return true;
  const images = imagesOf(templateOf(workload), image.repository);
  return images.length > 0 && images.every((reference) => hasVersion(reference, image));
}

function missing(workload: string, target: Target, observed: ObservedState): Assessment {
  const wasSeen = observed.changes(templateKey(`${target.kind}s`, target.name)).length > 0;
  const gone: Finding = {
    class: 'JobGone',
    object: workload,
    reason: 'NotFound',
    evidence: 'the Job was deleted before its result was seen',
    dueAt: NOW,
  };
  const findings = target.kind === 'job' && wasSeen ? [gone] : [];
  return {
    workload,
    phase: 'missing',
    progress: wasSeen ? 'it was deleted' : 'it does not exist yet',
    findings,
    pods: [],
  };
}

function otherImage(input: {
  target: Target;
  seen: Seen<Workload>;
  status: RolloutStatus;
  observed: ObservedState;
  expectation: Expectation;
}): Assessment {
  const { target, seen, status, observed, expectation } = input;
  const template = templateOf(seen.object);
  const own = imagesOf(template, expectation.image.repository);
  const images = (own.length > 0 ? own : (template?.spec?.containers ?? []).map(({ image }) => image ?? '')).join(', ');
  const changes = observed.changes(templateKey(`${target.kind}s`, target.name));
  const hadExpected = changes.slice(0, -1).some(({ value }) => hadVersion(value, expectation));
  return {
    workload: nameOf(target.kind, seen.object),
    phase: 'other-image',
    progress: `runs ${images}, expected ${formatImage(expectation.image)}`,
    findings: [],
    pods: [],
    other: {
      images,
      isComplete: status.isComplete,
      since: changes.at(-1)?.since ?? seen.seenAt,
      changed: changes.length > 1,
      hadExpected,
    },
  };
}

function hadVersion(images: string, { image }: Expectation): boolean {
  const own = images.split('\n').filter((reference) => isSameRepository(reference, image.repository));
  return own.length > 0 && own.every((reference) => hasVersion(reference, image));
}

// A container whose registry an admission webhook rewrote is left out: nothing is known about its tags.
function wrongPods(workload: string, pods: readonly Pod[], { image, sameDigests }: Expectation): Finding[] {
  return pods.flatMap((pod) => {
    const references = imagesOf(pod, image.repository);
    const wrong = references.find((reference) => !hasVersion(reference, image));
    if (wrong !== undefined) {
      return {
        class: 'WrongImage',
        object: workload,
        reason: 'WrongImage',
        evidence: `${nameOf('pod', pod)} runs ${wrong}, expected ${formatImage(image)}`,
        dueAt: NOW,
      } as const;
    }
    // What is pinned by digest the runtime has proved; its imageID may be that of a platform's manifest.
    if (image.digest === '' || references.every((reference) => reference.endsWith(`@${image.digest}`))) return [];
    const running = runningDigests(pod, image.repository);
    const other = running.find((digest) => digest !== image.digest && !sameDigests.has(digest));
    if (other === undefined) return [];
    return {
      class: 'WrongDigest',
      object: nameOf('pod', pod),
      reason: 'WrongDigest',
      evidence: `runs ${other}, expected ${image.digest}`,
      // Without a tag to tell them apart these may be the pods of before.
      dueAt: image.tag === '' ? NEVER : NOW,
    } as const;
  });
}

/** The digests of the manifests that the containers with this repository run; an imageID without `@` is that of a configuration. */
export function runningDigests(pod: Pod, repository: string): string[] {
  const names = new Set(
    (pod.spec?.containers ?? [])
      .filter(({ image }) => isSameRepository(image ?? '', repository))
      .map(({ name }) => name),
  );
  return (pod.status?.containerStatuses ?? [])
    .filter(({ name }) => names.has(name))
    .map(({ imageID = '' }) => (imageID.includes('@') ? digestOfImageId(imageID) : ''))
    .filter((digest) => digest !== '');
}
