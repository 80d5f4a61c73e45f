import type { YamlLibrary } from '#shared/manifest/parse-manifest.ts';
import { addCopies, type Copies, planCopies } from './creation/plan-creation.ts';
import type { ScannedFile, Target } from './images/change.ts';
import { addAppVersions } from './images/plan-app-version.ts';
import type { Inputs } from './inputs.ts';
import { planBump, scanFiles } from './plan-bump.ts';
import {
  type Decision,
  explainMissing,
  guardError,
  requireCopies,
  requireFound,
  requireNone,
  requireOrder,
  requireReadable,
  requireSettings,
  targetsOf,
} from './plan-decision.ts';
import type { Order } from './plan-order.ts';
import type { Ports } from './ports.ts';
import { explainKeyPaths } from './refusals/plan-missing.ts';
import { pathMatcher } from './repository/plan-files.ts';
import { type ReadFiles, type RefusedFile, surroundingsOf, TOO_LARGE } from './repository/source.ts';
import { resolveRequests } from './resolve-images.ts';
import { planSettings, type SettingsPlan } from './settings/plan-settings.ts';
import { findShadowed } from './shadows/plan-shadows.ts';

/** Decides what to change in the files that were read; only the registry is asked. Throws one error that lists every problem. */
export async function decideBump(
  yaml: YamlLibrary,
  read: ReadFiles,
  { inputs, ports, order }: { inputs: Inputs; ports: Ports; order: Order },
): Promise<Decision> {
  requireReadable(read.refused);
  const copies = order.creation && requireCopies(planCopies(yaml, read, order.creation));
  const seen = copies === undefined ? read : withCopies(read, copies, order);
  const { keyPaths } = order.selectors;
  const scanned = scanFiles(yaml, seen.files, keyPaths);
  const found = targetsOf(scanned, order);
  const settings = settingsOf(yaml, seen, order);
  const missing = missingIn({ yaml, order, read: seen }, found, scanned);
  if (inputs.onMissing === 'fail') requireFound(missing, settings.missing);
  const warnings = [...missing, ...settings.missing, ...tooLarge(read.skipped)];
  requireOrder(scanned, order);
  requireSettings(yaml, seen.files, { order, settings });
  const targets = await resolveTargets(ports, { inputs, order, scanned }, found);
  const planned = planBump(yaml, scanned, {
    targets,
    settings: settings.targets,
    pinDigest: inputs.pinDigest,
    keyPaths,
  });
  const plan = copies === undefined ? planned : addCopies(planned, copies, read);
  requireNone(plan.problems);
  const shadowed = findShadowed(yaml, { changes: plan.changes, targets, surroundings: seen.surroundings });
  return { plan, targets, scanned, warnings, shadowed, refusal: guardError(plan, inputs.allowDowngrade) };
}

async function resolveTargets(
  { registry, timer }: Ports,
  { inputs, order, scanned }: { inputs: Inputs; order: Order; scanned: readonly ScannedFile[] },
  found: readonly Target[],
): Promise<readonly Target[]> {
  const requests = await resolveRequests({ registry, timer, inputs }, order.requests, found);
  const targets = found.map((target) => ({
    ...target,
    request: requests[order.requests.indexOf(target.request)] ?? target.request,
  }));
  return inputs.appVersion ? addAppVersions(targets, scanned) : targets;
}

function tooLarge(skipped: readonly RefusedFile[]): string[] {
  return skipped
    .filter(({ why }) => why === TOO_LARGE)
    .map(({ path }) => `${path} is larger than 1 MB and was not looked into.`);
}

const MAX_SEARCHED_FILES = 1000;

// The copies take the place of what was read; only an earlier environment is still asked for what it runs.
function withCopies(read: ReadFiles, copies: Copies, { earlierGlobs }: Order): ReadFiles {
  const isEarlier = earlierGlobs.length === 0 ? () => false : pathMatcher(earlierGlobs);
  const files = [...copies.files, ...read.files.filter(({ path }) => isEarlier(path))];
  return { ...read, files, all: () => files, surroundings: surroundingsOf(files) };
}

function settingsOf(yaml: YamlLibrary, read: ReadFiles, { settings, selectors, globs }: Order): SettingsPlan {
  const asked = { settings, selectors, isOwn: pathMatcher(globs) };
  const plan = planSettings(yaml, read.files, asked);
  if (plan.missing.length === 0) return plan;
  return { ...plan, missing: planSettings(yaml, read.all().slice(0, MAX_SEARCHED_FILES), asked).missing };
}

// Files without the name were not parsed; only for near names they are.
function missingIn(
  { yaml, order, read }: { yaml: YamlLibrary; order: Order; read: ReadFiles },
  found: readonly Target[],
  scanned: readonly ScannedFile[],
): readonly string[] {
  if (explainMissing(order, found, scanned).length === 0) return [];
  const all = scanFiles(yaml, read.all().slice(0, MAX_SEARCHED_FILES));
  return [...explainMissing(order, found, all), ...explainKeyPaths(yaml, scanned, order.selectors.keyPaths)];
}
