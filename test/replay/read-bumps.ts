import { type JsonLines, type Problem, readJsonLines } from './read-lines.ts';

/** An image's version as recorded: a tag, a digest or both. */
export interface RecordedVersion {
  readonly tag?: string;
  readonly digest?: string;
}

/** One recorded bump of one file. */
export interface RecordedBump {
  readonly repo: string;
  readonly commit: string;
  readonly path: string;
  readonly requests: readonly {
    readonly image: string;
    readonly from: RecordedVersion;
    readonly to: RecordedVersion;
    readonly style?: string;
  }[];
  readonly beforeText: string;
  readonly afterText: string;
}

/** Reads a file of recorded bumps. Never throws: what cannot be used is in the result, with every reason. */
export async function readBumps(
  file: string,
): Promise<Omit<JsonLines, 'lines'> & { readonly bumps: readonly RecordedBump[] }> {
  const { lines, badLines, unread } = await readJsonLines(file);
  const bad: Problem[] = [...badLines];
  const bumps: RecordedBump[] = [];
  for (const { where, value } of lines) {
    const problems = problemsOf(value);
    if (problems.length === 0) bumps.push(value as RecordedBump);
    else bad.push({ where, reason: problems.join('; ') });
  }
  return { bumps, badLines: bad, unread };
}

function problemsOf(value: unknown): string[] {
  if (!isObject(value)) return ['this is no object'];
  const problems = ['repo', 'commit', 'path', 'beforeText', 'afterText']
    .filter((name) => typeof value[name] !== 'string')
    .map((name) => `"${name}" is missing`);
  const requests = value['requests'];
  if (!Array.isArray(requests)) return [...problems, '"requests" is no list'];
  for (const [index, request] of (requests as unknown[]).entries()) {
    const { image, from, to } = isObject(request) ? request : {};
    if (typeof image !== 'string') problems.push(`"image" of request ${index + 1} is missing`);
    if (!isVersion(from)) problems.push(`"from" of request ${index + 1} is no tag or digest`);
    if (!isVersion(to)) problems.push(`"to" of request ${index + 1} is no tag or digest`);
  }
  return problems;
}

function isVersion(value: unknown): boolean {
  if (!isObject(value)) return false;
  const parts = [value['tag'], value['digest']];
  return parts.some((part) => typeof part === 'string') && parts.every((part) => typeof (part ?? '') === 'string');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
