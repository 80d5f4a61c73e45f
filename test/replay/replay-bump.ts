import { loadYaml } from '#shared/manifest/parse-manifest.ts';
import {
  formatVersion,
  type ImageRequest,
  type PinDigest,
  type Selectors,
  type SourceFile,
} from '../../actions/bump-gitops-image/src/images/image-request.ts';
import { planBump, scanFiles, selectTargets } from '../../actions/bump-gitops-image/src/plan-bump.ts';
import type { RecordedBump, RecordedVersion } from './read-bumps.ts';

/** Whether the replayed file equals the recorded one, and why not; `stray` when a byte outside of tags and digests changed. */
export interface ReplayOutcome {
  readonly exact: boolean;
  readonly stray: boolean;
  readonly reason: string;
}

/** Applies the requests of a recorded bump to its file, one after the other, as the action would with `from` set. */
export async function replayBump(row: RecordedBump): Promise<ReplayOutcome> {
  const yaml = await loadYaml();
  let text = row.beforeText;
  const reasons: string[] = [];
  for (const recorded of row.requests) {
    const { image, from, to } = joinDigest(recorded);
    const request: ImageRequest = { image, tag: to.tag, digest: to.digest };
    const pinDigest: PinDigest = to.digest === undefined ? 'never' : 'always';
    const file: SourceFile = { path: row.path, text, mode: '100644' };
    const scanned = scanFiles(yaml, [file]);
    // Exactly where the recorded version stood: the same tag with a digest is another place.
    const before = formatVersion({ tag: from.tag, digest: from.digest });
    const places = scanned.map(({ occurrences }) => ({
      file,
      occurrences: occurrences.filter((occurrence) => formatVersion(occurrence) === before),
    }));
    const targets = selectTargets(places, [request], anywhere);
    const plan = planBump(yaml, scanned, { targets, pinDigest });
    if (targets.length === 0) reasons.push(`${image} was not found`);
    reasons.push(...plan.problems.map(({ line, message }) => `line ${line}: ${message}`));
    text = plan.files[0]?.after ?? text;
  }
  const exact = text === row.afterText;
  const stray = maskVersions(text, row) !== maskVersions(row.beforeText, row);
  return { exact, stray, reason: reasons.join('; ') || firstDifference(text, row.afterText) };
}

// The recording takes `repository: name@sha256`, `tag: <hex>` for a name and a tag; a person asks for the digest.
function joinDigest({ image, from, to }: RecordedBump['requests'][number]) {
  if (!image.endsWith('@sha256')) return { image, from, to };
  const joined = ({ tag }: RecordedVersion): RecordedVersion => ({ digest: `sha256:${tag}` });
  return { image: image.slice(0, -'@sha256'.length), from: joined(from), to: joined(to) };
}

/** No selector: every place of the image. */
export const anywhere: Selectors = {
  kinds: [],
  namespaces: [],
  names: [],
  containers: [],
  keyPaths: [],
  policies: [],
  from: '',
};

// Judged without the action's own spans: old and new versions, with the separators and quotes around them, count as nothing.
function maskVersions(text: string, { requests }: RecordedBump): string {
  const versions = requests.flatMap(({ from, to }) => [from.digest, to.digest, from.tag, to.tag]);
  const masked = versions
    .filter((version) => version !== undefined && version !== '')
    .sort((a, b) => (b?.length ?? 0) - (a?.length ?? 0))
    .reduce<string>((result, version) => result.replaceAll(version ?? '', '\ufffc'), text);
  return masked.replace(/[:@"']*\ufffc[\ufffc:@"']*/g, '\ufffc');
}

function firstDifference(actual: string, expected: string): string {
  const [got, wanted] = [actual.split('\n'), expected.split('\n')];
  const line = got.findIndex((candidate, index) => candidate !== wanted[index]);
  return `line ${line + 1}: ${JSON.stringify(got[line])} instead of ${JSON.stringify(wanted[line])}`;
}
