import type { UserError } from '#shared/errors.ts';
import type { YamlLibrary } from '#shared/manifest/parse-manifest.ts';
import { forLog } from '#shared/untrusted.ts';
import type { Copies } from './creation/plan-creation.ts';
import type { Problem, ScannedFile, Target } from './images/change.ts';
import type { ImageRequest, SourceFile } from './images/image-request.ts';
import { type BumpPlan, selectTargets } from './plan-bump.ts';
import type { Order } from './plan-order.ts';
import { type reasons, userError } from './reasons.ts';
import { guardChanges, guardRequests } from './refusals/plan-guards.ts';
import { findUnrecognised, missingRequests, nearNames } from './refusals/plan-missing.ts';
import { pathMatcher } from './repository/plan-files.ts';
import type { RefusedFile } from './repository/source.ts';
import { planSettings, type SettingsPlan } from './settings/plan-settings.ts';
import type { Shadowed } from './shadows/plan-shadows.ts';

/** The code of a reason in the table. */
type ReasonCode = keyof typeof reasons;

/** What a run is going to do, and what it wants to say about it. */
export interface Decision {
  readonly plan: BumpPlan;
  readonly targets: readonly Target[];
  readonly scanned: readonly ScannedFile[];
  readonly warnings: readonly string[];
  /** Changes that something else hides. */
  readonly shadowed: readonly Shadowed[];
  /** Why the guards refuse; undefined when they do not. */
  readonly refusal: Error | undefined;
}

function refuse(code: ReasonCode, messages: readonly string[]): UserError {
  return userError(code, messages.map(forLog).join('\n'));
}

/** Throws for `latest` without digest. */
export function requireVersions(requests: readonly ImageRequest[]): void {
  const problems = guardRequests(requests);
  if (problems.length > 0)
    throw refuse(
      'floating-tag',
      problems.map(({ message }) => message),
    );
}

/** Throws when a file that was named, or that could hold an image, cannot be read as text. */
export function requireReadable(refused: readonly RefusedFile[]): void {
  if (refused.length > 0)
    throw refuse(
      'unsafe-file',
      refused.map(({ path, why }) => `${path}: ${why}`),
    );
}

/** The places of this environment that the requests mean. */
export function targetsOf(scanned: readonly ScannedFile[], order: Order): readonly Target[] {
  const isOwn = pathMatcher(order.globs);
  const own = scanned.filter(({ file }) => isOwn(file.path));
  return selectTargets(own, order.requests, order.selectors);
}

/** Words for each request that means no place; `all` are the files in which near names are looked for. */
export function explainMissing(
  order: Order,
  targets: readonly Target[],
  all: readonly ScannedFile[],
): readonly string[] {
  return missingRequests(order.requests, targets).map(({ image }) => {
    const near = nearNames(image, all);
    const places = findUnrecognised(all, [{ image, tag: undefined, digest: undefined }]);
    const names = near.length === 0 ? '' : ` Near names: ${near.join(', ')}.`;
    const shown = places.slice(0, 5).map(({ file, line }) => `${file}:${line}`);
    const seen = shown.length === 0 ? '' : ` Its name stands, not understood, in ${shown.join(', ')}.`;
    return `${image} was not found in ${all.length} file${all.length === 1 ? '' : 's'} (${order.globs.join(', ')}).${names}${seen}`;
  });
}

/** Throws when an image or a setting stands nowhere; takes the words for each. */
export function requireFound(images: readonly string[], settings: readonly string[]): void {
  const all = [...images, ...settings];
  if (all.length > 0) throw refuse(images.length > 0 ? 'no-occurrence' : 'no-setting', all);
}

/** Throws when a setting cannot be made, or the environment of `order-after` has another value. */
export function requireSettings(
  yaml: YamlLibrary,
  files: readonly SourceFile[],
  { order, settings }: { order: Order; settings: SettingsPlan },
): void {
  requireNone(settings.problems);
  if (order.earlierGlobs.length === 0) return;
  const earlier = planSettings(yaml, files, { ...order, isOwn: pathMatcher(order.earlierGlobs) });
  const other = earlier.targets
    .filter(({ replacement }) => replacement !== undefined)
    .map(({ setting, change }) => `${change.file}:${change.line}: ${setting.target} is ${JSON.stringify(change.old)}`);
  const all = [...earlier.missing, ...earlier.problems.map(formatProblem), ...other];
  if (all.length > 0) throw refuse('order', all);
}

function formatProblem({ file, line, message }: Problem): string {
  return `${file}:${line}: ${message}`;
}

/** Throws when the environment of `order-after` does not run every requested version. */
export function requireOrder(scanned: readonly ScannedFile[], order: Order): void {
  if (order.earlierGlobs.length === 0) return;
  const isEarlier = pathMatcher(order.earlierGlobs);
  const earlier = scanned.filter(({ file }) => isEarlier(file.path));
  const targets = selectTargets(earlier, order.requests, { ...order.selectors, from: '' });
  const absent = missingRequests(order.requests, targets).map(({ image }) => `${image} does not stand there`);
  const other = targets
    .filter(({ occurrence, request }) =>
      request.tag === undefined ? occurrence.digest !== request.digest : occurrence.tag !== request.tag,
    )
    .map(
      ({ occurrence, file }) =>
        `${file.path}:${occurrence.line}: ${occurrence.image} is at ${occurrence.tag ?? occurrence.digest}`,
    );
  if (absent.length + other.length > 0) throw refuse('order', [...absent, ...other]);
}

/** Throws when something forbids an edit. */
export function requireNone(problems: readonly Problem[]): void {
  const [first] = problems;
  if (first !== undefined) throw refuse(first.code, problems.map(formatProblem));
}

/** The copies, when every file could be copied; throws otherwise. */
export function requireCopies(copies: Copies): Copies {
  requireNone(copies.problems);
  return copies;
}

/** What the guards say against a plan, as an error; undefined when nothing. */
export function guardError(plan: BumpPlan, allowDowngrade: boolean): UserError | undefined {
  const problems = guardChanges(plan.changes, allowDowngrade);
  const [first] = problems;
  return first === undefined
    ? undefined
    : refuse(
        first.code,
        problems.map(({ message }) => message),
      );
}
