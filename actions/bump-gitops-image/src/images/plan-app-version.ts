import { chartAppVersion } from '#shared/manifest/styles/chart-app-version.ts';
import type { ScannedFile, Target } from './change.ts';

/**
 * Adds the `appVersion` of each chart whose image changes: where it is the tag that stands in the chart (with or without a `v`),
 * or where the chart's tag is empty, so that `appVersion` is the tag; then the empty tag stays. A chart with several images
 * that would have different versions keeps its own.
 */
export function addAppVersions(targets: readonly Target[], scanned: readonly ScannedFile[]): readonly Target[] {
  const charts = scanned.flatMap(({ file, occurrences }) => {
    const occurrence = occurrences.find(({ style }) => style === chartAppVersion.name);
    return occurrence === undefined ? [] : [{ file, occurrence, folder: file.path.replace(/[^/]*$/, '') }];
  });
  const added: Target[] = [];
  const left = new Set<Target>();
  for (const { file, occurrence, folder } of charts) {
    const isOwn = ({ path }: Target['file']) =>
      path.startsWith(folder) &&
      !charts.some((other) => other.folder.length > folder.length && path.startsWith(other.folder));
    const members = targets.filter((target) => isOwn(target.file) && target.occurrence.image !== '');
    const following = members.filter(({ occurrence: { tag, digest } }) =>
      tag === undefined ? digest === undefined : bare(tag) === bare(occurrence.tag ?? ''),
    );
    const tags = new Set(following.map(({ request }) => request.tag));
    const [first] = following;
    const tag = first?.request.tag;
    if (first === undefined || tag === undefined || tags.size > 1) continue;
    added.push({ file, occurrence, request: { ...first.request, tag: styledAs(occurrence.tag ?? '', tag) } });
    for (const target of following) if (target.occurrence.tag === undefined) left.add(target);
  }
  return [...targets.filter((target) => !left.has(target)), ...added];
}

function bare(version: string): string {
  return version.replace(/^v(?=\d)/, '');
}

function styledAs(current: string, tag: string): string {
  return /^v\d/.test(current) ? `v${bare(tag)}` : bare(current) === current && /^\d/.test(current) ? bare(tag) : tag;
}
