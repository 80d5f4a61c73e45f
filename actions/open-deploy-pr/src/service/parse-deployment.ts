import { isImageTag } from '#shared/image/reference.ts';

/** What the suite writes into a deployment's payload, to know its own records again. */
export interface DeploymentNote {
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  readonly digest: string | undefined;
  /** The version before; the same step again later is another deployment. */
  readonly previousVersion: string | undefined;
  /** `owner/name` of the GitOps repository. */
  readonly gitopsRepository: string;
}

/** Reads a payload, which GitHub gives back as an object or as JSON text; undefined when it is not ours. */
export function deploymentNote(payload: unknown): DeploymentNote | undefined {
  const fields = new Map<string, unknown>(Object.entries(recordOf(payload)));
  const text = (name: string) => {
    const value = fields.get(name);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const [service, environment, version] = [text('service'), text('environment'), text('version')];
  if (service === undefined || environment === undefined || version === undefined || !isImageTag(version))
    return undefined;
  return {
    ...{ service, environment, version },
    digest: text('digest'),
    previousVersion: text('previousVersion'),
    gitopsRepository: text('gitopsRepository') ?? '',
  };
}

/** Whether two notes mean the same deploy. */
export function isSameDeploy(note: DeploymentNote | undefined, wanted: DeploymentNote): boolean {
  return (
    note !== undefined &&
    note.service === wanted.service &&
    note.environment === wanted.environment &&
    note.version === wanted.version &&
    note.digest === wanted.digest &&
    note.previousVersion === wanted.previousVersion &&
    note.gitopsRepository === wanted.gitopsRepository
  );
}

function recordOf(payload: unknown): object {
  if (typeof payload === 'object' && payload !== null) return payload;
  if (typeof payload !== 'string') return {};
  try {
    const value: unknown = JSON.parse(payload);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
