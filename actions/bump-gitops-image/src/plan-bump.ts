import { findImagesWith, positionOf } from '#shared/manifest/find-images.ts';
import { formatKeyPath } from '#shared/manifest/key-path.ts';
import type { Occurrence } from '#shared/manifest/occurrence.ts';
import type { YamlLibrary } from '#shared/manifest/parse-manifest.ts';
import { type OccurrencePlan, planEdits } from './edits/plan-edits.ts';
import { findDoubt } from './edits/plan-proof.ts';
import { planReplacements, type Replacement, splice } from './edits/plan-splice.ts';
import type { Change, FileChange, Problem, ScannedFile, Target } from './images/change.ts';
import {
  formatVersion,
  type ImageRequest,
  type PinDigest,
  type Selectors,
  type SourceFile,
  type Version,
} from './images/image-request.ts';
import { directionOf } from './images/plan-direction.ts';
import { isMeant } from './images/plan-selection.ts';
import { ambiguousPaths, imageSettings, refusals, rivals } from './refusals/plan-refusals.ts';
import type { SettingTarget } from './settings/plan-settings.ts';

/** What a bump would do; nothing may be written while there are problems. */
export interface BumpPlan {
  readonly files: readonly FileChange[];
  readonly changes: readonly Change[];
  readonly problems: readonly Problem[];
}

/** Finds the images of each file. */
export function scanFiles(
  yaml: YamlLibrary,
  files: readonly SourceFile[],
  keyPaths: readonly string[] = [],
): readonly ScannedFile[] {
  return files.map((file) => ({ file, occurrences: findImagesWith(yaml, file.text, file.path, { keyPaths }) }));
}

/**
 * The places that each request means. A name without tag counts only where nothing else of the request stands:
 * beside a kustomization's `newTag` the manifest itself has to stay without.
 */
export function selectTargets(
  scanned: readonly ScannedFile[],
  requests: readonly ImageRequest[],
  selectors: Selectors,
): readonly Target[] {
  return requests.flatMap((request) => {
    const targets = scanned.flatMap(({ file, occurrences }) =>
      occurrences
        .filter((occurrence) => isMeant(occurrence, request, selectors))
        .map((occurrence) => ({ request, file, occurrence })),
    );
    const versioned = targets.filter(({ occurrence }) => formatVersion(occurrence) !== '');
    return versioned.length > 0 ? versioned : targets;
  });
}

/** Plans and proves every edit; pure, and all or nothing: a problem anywhere means that nothing may be written. */
export function planBump(
  yaml: YamlLibrary,
  scanned: readonly ScannedFile[],
  options: {
    targets: readonly Target[];
    settings?: readonly SettingTarget[];
    pinDigest: PinDigest;
    keyPaths?: readonly string[];
  },
): BumpPlan {
  const { targets, settings = [], pinDigest, keyPaths = [] } = options;
  const files: FileChange[] = [];
  const changes: Change[] = [];
  const problems: Problem[] = [];
  for (const { file, occurrences } of scanned) {
    const meant = targets.filter((target) => target.file === file);
    const set = settings.filter((target) => target.file === file && target.replacement !== undefined);
    const plans = new Map(
      meant.map(({ occurrence, request }) => [occurrence, planEdits(occurrence, request, pinDigest)]),
    );
    const found = [
      ...refusals(occurrences, plans),
      ...rivals(meant),
      ...ambiguousPaths(meant, keyPaths),
      ...imageSettings(occurrences, set),
    ];
    const edits = [...plans.values()].flatMap((plan) => ('edits' in plan ? plan.edits : []));
    if (found.length > 0 || edits.length + set.length === 0) {
      problems.push(...found);
      continue;
    }
    const replacements = planReplacements(
      file.text,
      edits,
      set.flatMap(({ replacement }) => replacement ?? []),
    );
    const after = proveEdits(yaml, { file, occurrences, plans, replacements, keyPaths });
    if (typeof after === 'string') files.push({ file, after });
    else problems.push(after);
    changes.push(...changesOf(file, plans), ...set.map(({ change }) => change));
  }
  return { files, changes, problems };
}

function proveEdits(
  yaml: YamlLibrary,
  plan: {
    file: SourceFile;
    occurrences: readonly Occurrence[];
    plans: ReadonlyMap<Occurrence, OccurrencePlan>;
    replacements: readonly Replacement[];
    keyPaths: readonly string[];
  },
): string | Problem {
  const { file, occurrences, plans, replacements, keyPaths } = plan;
  const after = splice(file.text, replacements);
  const expected = occurrences.map((occurrence): Version => nextOf(plans.get(occurrence)) ?? occurrence);
  const { path, text: before } = file;
  const doubt = findDoubt(yaml, { path, before, after, replacements, occurrences, expected, keyPaths });
  if (doubt === undefined) return after;
  const { line } = positionOf(before, replacements[0]?.start ?? 0);
  return { code: 'proof-failed', file: path, line, message: `the edit could not be proved: ${doubt}` };
}

function nextOf(plan: OccurrencePlan | undefined): Version | undefined {
  return plan !== undefined && 'next' in plan ? plan.next : undefined;
}

function changesOf(file: SourceFile, plans: ReadonlyMap<Occurrence, OccurrencePlan>): Change[] {
  return [...plans].flatMap(([occurrence, plan]) => {
    if (!('edits' in plan) || plan.edits.length === 0) return [];
    const { object, line, column, style, image, keys, document } = occurrence;
    // In a copy nothing runs yet that could go back.
    const tag = file.created ? undefined : occurrence.tag;
    return [
      {
        file: file.path,
        line,
        column,
        object: [object.kind, object.namespace, object.name].filter((part) => part !== '').join('/'),
        container: occurrence.container ?? '',
        style,
        image,
        keyPath: formatKeyPath(document === 0 ? keys : [document, ...keys]),
        old: formatVersion(occurrence),
        new: formatVersion(plan.next),
        oldTag: tag ?? '',
        direction: directionOf(tag, plan.next.tag),
      },
    ];
  });
}
