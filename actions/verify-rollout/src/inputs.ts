import { IMAGE_TAG } from '#shared/image/reference.ts';
import {
  boolean,
  commonInputs,
  durationSeconds,
  integer,
  linesOf,
  oneOf,
  parsed,
  repository,
  secret,
  text,
  url,
} from '#shared/input-kinds.ts';
import { type InputSpec, type InputsOf, NotAllowed } from '#shared/inputs.ts';
import type { Target } from './expectation.ts';

/** One line of `workloads`: a workload by kind and name, or a label selector. */
export type WorkloadLine = { readonly target: Target } | { readonly selector: string };

/** An object by name, in a namespace of its own where one is given; undefined when the input is empty. */
export type NamedObject = { readonly namespace: string; readonly name: string } | undefined;

const kinds: readonly Target['kind'][] = ['deployment', 'statefulset', 'daemonset', 'job', 'cronjob'];
const dnsName = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

function parseWorkloadLine(line: string): WorkloadLine {
  if (/[=!]|\s+(?:not)?in\s/.test(line)) return { selector: line };
  const [kind = '', name = '', ...rest] = line.split('/');
  const known = kinds.find((candidate) => candidate === kind.toLowerCase());
  if (known === undefined || !dnsName.test(name) || rest.length > 0) {
    throw new NotAllowed(
      `lines such as ${kinds.map((each) => `${each}/NAME`).join(', ')}, or a label selector such as app=web`,
    );
  }
  return { target: { kind: known, name } };
}

function parseNamedObject(value: string): NamedObject {
  if (value === '') return undefined;
  const match = /^(?:([a-z0-9-]+)\/)?([a-z0-9][a-z0-9.-]*)$/.exec(value);
  if (match === null) throw new NotAllowed('NAME or NAMESPACE/NAME');
  return { namespace: match[1] ?? '', name: match[2] ?? '' };
}

function parseDeploy(value: string): string {
  if (value === '' || value === 'auto') return value;
  try {
    if (typeof JSON.parse(value) === 'object') return value;
  } catch {
    // Told below, together with what is allowed.
  }
  throw new NotAllowed('auto, or the JSON of a deploy marker');
}

/** The inputs of verify-rollout; action.yml describes them. */
export const inputSpec = {
  ...commonInputs,
  'kubernetes-api-url': url(),
  'kubernetes-token': secret(),
  'kubernetes-ca': text(),
  kubeconfig: text(),
  context: text(),
  namespace: text({ pattern: dnsName, allowed: 'the name of a namespace' }),
  workloads: linesOf(parseWorkloadLine),
  image: text({ pattern: /^[^\s@]+$/, allowed: 'an image without tag and digest' }),
  tag: text({ pattern: IMAGE_TAG, allowed: 'an image tag' }),
  digest: text({ pattern: /^sha256:[0-9a-f]{64}$/, allowed: 'sha256: and 64 hexadecimal digits' }),
  'flux-kustomization': parsed(parseNamedObject),
  'argocd-application': parsed(parseNamedObject),
  revision: text({ pattern: /^[0-9a-f]{40}([0-9a-f]{24})?$/, allowed: 'a full commit SHA' }),
  deploy: parsed(parseDeploy),
  'deploy-author': text(),
  timeout: durationSeconds({ default: '10m' }),
  'allow-zero': boolean({ default: false }),
  'max-unavailable': integer({ default: 0, min: 0, max: 10_000, unit: 'pods' }),
  'on-suspended': oneOf(['report', 'wait'], { default: 'report' }),
  'on-paused': oneOf(['report', 'wait'], { default: 'report' }),
  'version-url': url(),
  'version-path': text(),
  'version-expect': text(),
  soak: durationSeconds({ default: '0' }),
  'github-token': secret({ default: '${{ github.token }}' }),
  'github-api-url': url(),
  repository: repository(),
  'deployment-id': integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  'log-lines': integer({ default: 50, min: 1, max: 500, unit: 'lines' }),
  logs: oneOf(['on', 'off'], { default: 'on' }),
  'lead-time-target': durationSeconds(),
} satisfies InputSpec;

/** What the person set, as values. */
export type Inputs = InputsOf<typeof inputSpec>;
