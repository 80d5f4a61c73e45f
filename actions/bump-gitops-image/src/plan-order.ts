import { isSameImageName } from '#shared/image/reference.ts';
import { badInput } from '#shared/inputs.ts';
import { needleOf } from '#shared/manifest/find-mentions.ts';
import { parseKeyPath } from '#shared/manifest/key-path.ts';
import type { Creation } from './creation/plan-creation.ts';
import type { ImageRequest, Selectors } from './images/image-request.ts';
import { problemsOf } from './images/parse-image-lines.ts';
import type { Inputs } from './inputs.ts';
import { creationOf, creationProblems } from './plan-creation-order.ts';
import { DEFAULT_GLOBS, foldersOf, pathMatcher } from './repository/plan-files.ts';
import type { Wanted } from './repository/source.ts';
import type { Setting } from './settings/parse-set-lines.ts';

/** Everything that the inputs say, seen together. */
export interface Order {
  readonly requests: readonly ImageRequest[];
  readonly settings: readonly Setting[];
  /** The folder to copy first; undefined for none. */
  readonly creation: Creation | undefined;
  readonly selectors: Selectors;
  /** The globs of the files that may change. */
  readonly globs: readonly string[];
  /** The globs of the environment that has to run the version already; empty for none. */
  readonly earlierGlobs: readonly string[];
  readonly wanted: Wanted;
  readonly service: string;
  /** What the run is about, for people: `api v1.4.0, 2 settings in staging`. */
  readonly headline: string;
  /** The deploy branch of `write: branch`. */
  readonly branch: string;
  readonly message: string;
}

/** Reads the inputs as one order; throws the error for bad inputs when they contradict each other. */
export function planOrder(inputs: Inputs): Order {
  const problems = contradictions(inputs);
  if (problems.length > 0) throw badInput(problems);
  const requests = requestsOf(inputs);
  const settings = inputs.set;
  const creation = creationOf(inputs);
  const service = inputs.service || defaultService(requests, settings, creation);
  const headline = headlineOf(inputs, { requests, settings, creation, service });
  const { kinds, namespaces, names, containers, keyPaths, policies, from } = inputs;
  const selectors = { kinds, namespaces, names, containers, keyPaths, policies, from };
  const globs = globsOf(inputs, inputs.environment) ?? inputs.environments.flatMap((each) => each.globs);
  const searched = inputs.files.length > 0 ? inputs.files : globs.length > 0 ? globs : DEFAULT_GLOBS;
  const ownGlobs = creation === undefined ? searched : [`${creation.target}/**`];
  const named = settings.flatMap(({ file }) => file ?? []);
  const copied =
    creation === undefined
      ? []
      : [...foldersOf(creation.target).slice(1), `${creation.source}/**`, `${creation.target}/**`];
  // Settings of files alone need no search.
  const isSearch = requests.length > 0 || settings.some(({ object }) => object !== undefined);
  const earlierGlobs = globsOf(inputs, inputs.orderAfter) ?? [];
  const needles = [
    ...requests.map(({ image }) => needleOf(image)),
    ...keyPaths.map((path) => String(parseKeyPath(path)?.findLast(isWord) ?? path)),
    ...policies,
    ...(inputs.appVersion ? ['appVersion'] : []),
    ...settings.map(({ key, keys, object }) =>
      object?.kind === 'configmap' ? key : String(keys.findLast(isWord) ?? key),
    ),
  ];
  const branch = inputs.branch || ['deploy', inputs.environment, service].filter((part) => part !== '').join('/');
  return {
    ...{ requests, settings, creation, selectors, globs: ownGlobs, earlierGlobs, service, headline, branch },
    wanted: {
      globs: [...new Set([...(isSearch ? ownGlobs : []), ...named, ...copied, ...earlierGlobs])],
      needles: creation === undefined ? [...new Set(needles)] : [],
    },
    message: inputs.commitMessage || defaultMessage(inputs, { requests, settings, headline }),
  };
}

function isWord(key: string | number): boolean {
  return typeof key === 'string' && !/^\d+$/.test(key);
}

function defaultService(
  requests: readonly ImageRequest[],
  settings: readonly Setting[],
  creation: Creation | undefined,
): string {
  const [first] = requests;
  if (first !== undefined && (requests.length === 1 || creation === undefined))
    return requests.length > 1 ? 'train' : needleOf(first.image);
  if (creation !== undefined) return needleOf(creation.target);
  const names = new Set(settings.map(({ object }) => object?.name));
  return [...names].length === 1 ? ([...names][0] ?? 'settings') : 'settings';
}

function requestsOf({ images, image, tag, digest, set, create }: Inputs): readonly ImageRequest[] {
  if ((set.length > 0 || create) && image === '' && tag === '' && digest === '') return images;
  return images.length > 0 ? images : [{ image, tag: tag || undefined, digest: digest || undefined }];
}

function globsOf({ environments }: Inputs, name: string): readonly string[] | undefined {
  return environments.find((each) => each.name === name)?.globs;
}

function contradictions(inputs: Inputs): string[] {
  const { environments, environment, orderAfter } = inputs;
  const problems = imageProblems(inputs);
  problems.push(...settingProblems(inputs), ...creationProblems(inputs));
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
  if (inputs.write !== 'worktree' && inputs.token === '') {
    problems.push(`token: missing; \`write: ${inputs.write}\` needs it`);
  }
  if (inputs.allowDowngrade && inputs.reason === '') problems.push('reason: missing; `allow-downgrade` needs one');
  if (inputs.branch !== '' && inputs.write === 'branch' && inputs.branch === inputs.base) {
    problems.push('branch: the deploy branch cannot be the base; use `write: direct` to push to the base');
  }
  return problems;
}

function imageProblems(inputs: Inputs): string[] {
  const { images, image, tag, digest } = inputs;
  const isAlone = (inputs.set.length > 0 || inputs.create) && image === '' && tag === '' && digest === '';
  if (images.length === 0 && !isAlone) {
    const problems = problemsOf({ image, tag, digest });
    if (problems.length > 0) return problems;
  }
  const problems: string[] = [];
  if (images.length > 0 && (image !== '' || tag !== '' || digest !== ''))
    problems.push('images: give either `images` or `image` with `tag`, not both');
  for (const [index, { image: name }] of images.entries()) {
    if (images.findIndex((other) => isSameImageName(other.image, name)) < index)
      problems.push(`images: ${name} is named twice`);
  }
  for (const request of requestsOf(inputs)) {
    if (inputs.verifyImage === 'digest' && request.digest === undefined)
      problems.push(`verify-image: \`digest\` needs the digest of ${request.image}; \`exists\` does not`);
  }
  return problems;
}

function settingProblems(inputs: Inputs): string[] {
  const targets = inputs.set.map(({ target }) => target);
  const globs = globsOf(inputs, inputs.environment) ?? [];
  const isOwn = globs.length === 0 ? () => true : pathMatcher(globs);
  return inputs.set.flatMap(({ target, file }, index) => [
    ...(targets.indexOf(target) < index ? [`set: ${target} is set twice`] : []),
    ...(file === undefined || isOwn(file) ? [] : [`set: ${file} is outside of the environment ${inputs.environment}`]),
    ...(file === undefined || inputs.orderAfter === ''
      ? []
      : [`set: \`order-after\` cannot tell where ${target} stands in ${inputs.orderAfter}; name the object`]),
  ]);
}

function defaultMessage(
  { reason }: Inputs,
  { requests, settings, headline }: Pick<Order, 'requests' | 'settings' | 'headline'>,
): string {
  const details = [
    ...requests.map(({ image, tag, digest }) => `${image}: ${[tag, digest].filter(Boolean).join('@')}`),
    ...settings.map(({ target, value }) => `${target}=${value}`),
  ];
  const why = reason === '' ? [] : [`Reason: ${reason.replace(/\s+/g, ' ')}`];
  return [`chore(deploy): ${headline}`, '', ...details, ...why].join('\n');
}

function headlineOf(
  { environment }: Inputs,
  { requests, settings, creation, service }: Pick<Order, 'requests' | 'settings' | 'creation' | 'service'>,
): string {
  const [first] = requests;
  const version =
    requests.length === 1 ? (first?.tag ?? first?.digest?.slice(0, 19) ?? '') : `${requests.length} images`;
  const values = settings.length === 1 ? '1 setting' : `${settings.length} settings`;
  const what = [requests.length > 0 && version, settings.length > 0 && values].filter(Boolean).join(', ');
  const place = creation === undefined ? environment : `a new ${creation.target}`;
  return [service, what, place && `in ${place}`].filter(Boolean).join(' ');
}
