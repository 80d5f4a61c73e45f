import { isSameImageName } from '#shared/image/reference.ts';
import { badInput } from '#shared/inputs.ts';
import { needleOf } from '#shared/manifest/find-mentions.ts';
import type { ImageRequest, Selectors } from './image-request.ts';
import type { Inputs } from './inputs.ts';
import { problemsOf } from './parse-image-lines.ts';
import { DEFAULT_GLOBS } from './plan-files.ts';
import type { Wanted } from './source.ts';

/** Everything that the inputs say, seen together. */
export interface Order {
  readonly requests: readonly ImageRequest[];
  readonly selectors: Selectors;
  /** The globs of the files that may change. */
  readonly globs: readonly string[];
  /** The globs of the environment that has to run the version already; empty for none. */
  readonly earlierGlobs: readonly string[];
  readonly wanted: Wanted;
  readonly service: string;
  /** The deploy branch of `write: branch`. */
  readonly branch: string;
  readonly message: string;
}

/** Reads the inputs as one order; throws the error for bad inputs when they contradict each other. */
export function planOrder(inputs: Inputs): Order {
  const problems = contradictions(inputs);
  if (problems.length > 0) throw badInput(problems);
  const requests = requestsOf(inputs);
  const [first] = requests;
  const service = inputs.service || (requests.length > 1 ? 'train' : needleOf(first?.image ?? ''));
  const { kinds, namespaces, names, containers, keyPaths, policies, from } = inputs;
  const selectors = { kinds, namespaces, names, containers, keyPaths, policies, from };
  const globs = globsOf(inputs, inputs.environment) ?? inputs.environments.flatMap((each) => each.globs);
  const ownGlobs = inputs.files.length > 0 ? inputs.files : globs.length > 0 ? globs : DEFAULT_GLOBS;
  const earlierGlobs = globsOf(inputs, inputs.orderAfter) ?? [];
  const needles = [
    ...requests.map(({ image }) => needleOf(image)),
    ...keyPaths.map((path) => path.split(/[.\]]/).findLast((part) => /[^\d[]/.test(part)) ?? path),
    ...policies,
  ];
  const branch = inputs.branch || ['deploy', inputs.environment, service].filter((part) => part !== '').join('/');
  return {
    ...{ requests, selectors, globs: ownGlobs, earlierGlobs, service, branch },
    wanted: { globs: [...ownGlobs, ...earlierGlobs], needles: [...new Set(needles)] },
    message: inputs.commitMessage || defaultMessage(inputs, requests, service),
  };
}

function requestsOf({ images, image, tag, digest }: Inputs): readonly ImageRequest[] {
  return images.length > 0 ? images : [{ image, tag: tag || undefined, digest: digest || undefined }];
}

function globsOf({ environments }: Inputs, name: string): readonly string[] | undefined {
  return environments.find((each) => each.name === name)?.globs;
}

function contradictions(inputs: Inputs): string[] {
  const { images, image, tag, digest, environments, environment, orderAfter } = inputs;
  const problems: string[] = [];
  if (images.length === 0) problems.push(...problemsOf({ image, tag, digest }));
  else if (image !== '' || tag !== '' || digest !== '')
    problems.push('images: give either `images` or `image` with `tag`, not both');
  for (const [index, { image: name }] of images.entries()) {
    if (images.findIndex((other) => isSameImageName(other.image, name)) < index)
      problems.push(`images: ${name} is named twice`);
  }
  const known = environments.map(({ name }) => name);
  const [allowed, isKnown] = [
    known.join(', ') || 'none, as `environments` is empty',
    (name: string) => known.includes(name),
  ];
  if (environment !== '' && known.length > 0 && !isKnown(environment)) {
    problems.push(`environment: "${environment}" is not allowed; allowed: ${allowed}`);
  }
  if (orderAfter !== '' && !isKnown(orderAfter)) {
    problems.push(`order-after: "${orderAfter}" is not allowed; allowed: ${allowed}`);
  }
  if (inputs.allowDowngrade && inputs.reason === '') problems.push('reason: missing; `allow-downgrade` needs one');
  if (inputs.branch !== '' && inputs.write === 'branch' && inputs.branch === inputs.base) {
    problems.push('branch: the deploy branch cannot be the base; use `write: direct` to push to the base');
  }
  return problems;
}

function defaultMessage({ environment, reason }: Inputs, requests: readonly ImageRequest[], service: string): string {
  const place = environment === '' ? '' : ` in ${environment}`;
  const [first] = requests;
  const version =
    requests.length === 1 ? (first?.tag ?? first?.digest?.slice(0, 19) ?? '') : `${requests.length} images`;
  const details = requests.map(({ image, tag, digest }) => `${image}: ${[tag, digest].filter(Boolean).join('@')}`);
  const why = reason === '' ? [] : [`Reason: ${reason.replace(/\s+/g, ' ')}`];
  return [`chore(deploy): ${service} ${version}${place}`, '', ...details, ...why].join('\n');
}
