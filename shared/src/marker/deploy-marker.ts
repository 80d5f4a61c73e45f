import { forHtmlComment } from '../untrusted.ts';

/**
 * The hidden note in a deploy pull request that tells verify-rollout what was deployed.
 * A claim, never a fact: whoever can open a pull request can write one.
 */
export interface DeployMarker {
  readonly service: string;
  readonly environment: string;
  /** The image without tag, `registry.example/acme/thoughts-backend`. */
  readonly image: string;
  /** The image's tag. */
  readonly version: string;
  readonly digest?: string;
  /** The version that the environment ran before, when known. */
  readonly previousVersion?: string;
  /** `owner/name` of the service's repository. */
  readonly sourceRepository?: string;
  /** The commit of the service that the version was built from. */
  readonly sourceCommit?: string;
  /** The id of the GitHub deployment in the service's repository. */
  readonly deploymentId?: number;
  readonly mode?: 'deploy' | 'promote' | 'rollback' | 'hotfix';
}

const MARKER = /<!-- trunkline:deploy v1 (\{[^\n]*\}) -->/g;
const REQUIRED = ['service', 'environment', 'image', 'version'] as const;
const OPTIONAL = ['digest', 'previousVersion', 'sourceRepository', 'sourceCommit', 'mode'] as const;

/** The marker as one line of a pull request's body. */
export function renderDeployMarker(marker: DeployMarker): string {
  return `<!-- trunkline:deploy v1 ${forHtmlComment(marker)} -->`;
}

/** The marker of a body; undefined when there is none, more than one, or a malformed one. */
export function parseDeployMarker(body: string): DeployMarker | undefined {
  const found = [...body.matchAll(MARKER)];
  const text = found[0]?.[1];
  if (found.length !== 1 || text === undefined) return undefined;
  try {
    return toMarker(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function toMarker(value: unknown): DeployMarker | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const texts: Record<string, string> = {};
  for (const name of [...REQUIRED, ...OPTIONAL]) {
    const field = fields.get(name);
    if (typeof field === 'string' && field !== '') texts[name] = field;
    else if (field !== undefined || (REQUIRED as readonly string[]).includes(name)) return undefined;
  }
  const deploymentId = fields.get('deploymentId');
  const mode = texts['mode'];
  if (mode !== undefined && !['deploy', 'promote', 'rollback', 'hotfix'].includes(mode)) return undefined;
  return {
    ...(texts as unknown as DeployMarker),
    ...(typeof deploymentId === 'number' && Number.isSafeInteger(deploymentId) ? { deploymentId } : {}),
  };
}
