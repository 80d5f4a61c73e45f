import type { Report } from '#shared/run-action.ts';
import type { Annotation } from '#shared/runner/runner.ts';
import { remainingNames } from './creation/plan-creation.ts';
import type { Change } from './images/change.ts';
import { formatVersion } from './images/image-request.ts';
import type { Direction } from './images/plan-direction.ts';
import type { Inputs } from './inputs.ts';
import type { OutputName } from './outputs.ts';
import type { Decision } from './plan-decision.ts';
import type { Order } from './plan-order.ts';
import type { reasons } from './reasons.ts';
import { findUnrecognised } from './refusals/plan-missing.ts';
import { type ImageResult, renderSummary } from './render-summary.ts';
import type { Shadowed } from './shadows/plan-shadows.ts';

/** How a run ended, and the commit that holds the change. */
export interface Ending {
  readonly reasonCode: keyof typeof reasons;
  readonly branch?: string;
  readonly sha?: string;
  readonly verified?: boolean | undefined;
}

/** Everything that a run tells. */
export function reportOf(told: {
  inputs: Inputs;
  order: Order;
  decision: Decision;
  ending: Ending;
}): Report<OutputName> {
  const { inputs, order, decision, ending } = told;
  const changes = ending.reasonCode === 'superseded' ? [] : decision.plan.changes;
  const files = ending.reasonCode === 'superseded' ? [] : decision.plan.files;
  const left = order.creation === undefined ? [] : remainingNames(files, order.creation);
  const unrecognised = [...findUnrecognised(decision.scanned, order.requests), ...left];
  const shadowed = ending.reasonCode === 'superseded' ? [] : decision.shadowed;
  const { warnings } = decision;
  return {
    outputs: {
      changed: changes.length > 0,
      changes,
      files: files.map(({ file }) => file.path),
      previousTags: [...new Set(changes.map(({ oldTag }) => oldTag).filter((tag) => tag !== ''))],
      branch: ending.branch,
      commitSha: ending.sha,
      verified: ending.verified,
      digest: digestOf(decision),
      direction: directionOfAll(changes),
      unrecognised,
      shadowed,
    },
    reasonCode: ending.reasonCode,
    headline: titleOf(order, ending),
    annotations: [
      ...warnings.map((message): Annotation => ({ level: 'warning', message })),
      ...shadowed.map(shadowWarning),
    ],
    summary: renderSummary({
      title: titleOf(order, ending),
      images: order.requests.length > 1 ? imageResults(order, decision, changes) : [],
      files,
      changes,
      warnings,
      unrecognised,
      shadowed,
      reason: inputs.reason,
    }),
  };
}

function shadowWarning({ file, line, image, by, version, why }: Shadowed): Annotation {
  const message = `${by.file}:${by.line} sets ${image} to ${version || 'no version'} and hides this change (${why}).`;
  return { level: 'warning', message, file, startLine: line };
}

const titles: Partial<Record<keyof typeof reasons, string>> = {
  bumped: 'bumped',
  planned: 'would be bumped (nothing written)',
  'already-current': 'runs this version already',
  'branch-current': 'the deploy branch holds this change already',
  superseded: 'a newer version came first',
  missing: 'not found',
};

function titleOf(order: Order, { reasonCode }: Ending): string {
  return `${order.headline}: ${titles[reasonCode] ?? reasonCode}`;
}

function imageResults({ requests }: Order, { targets }: Decision, changes: readonly Change[]): ImageResult[] {
  return requests.map(({ image, tag, digest }) => {
    const own = targets.filter(({ request }) => request.image === image);
    const changed = own.filter(({ file, occurrence: { line, column } }) =>
      changes.some((change) => change.file === file.path && change.line === line && change.column === column),
    );
    const places = changed.length === 1 ? '1 place' : `${changed.length} places`;
    const from = new Set((changed.length > 0 ? changed : own).map(({ occurrence }) => formatVersion(occurrence)));
    const unchanged = own.length === 0 ? 'not found' : 'was there already';
    const to = formatVersion({ tag, digest });
    return { image, from: [...from], to, result: changed.length > 0 ? `changed in ${places}` : unchanged };
  });
}

function digestOf({ targets }: Decision): string | undefined {
  const digests = new Set(targets.map(({ request }) => request.digest));
  return digests.size === 1 ? [...digests][0] : undefined;
}

function directionOfAll(changes: readonly Change[]): Direction {
  if (changes.length === 0) return 'same';
  // A setting or a new file goes neither way; it counts where nothing else changes.
  const images = changes.filter(({ image }) => image !== '');
  const directions = new Set((images.length === 0 ? changes : images).map(({ direction }) => direction));
  return (['rollback', 'unknown', 'forward'] as const).find((direction) => directions.has(direction)) ?? 'same';
}
