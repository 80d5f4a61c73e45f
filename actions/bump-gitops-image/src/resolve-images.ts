import { UserError } from '#shared/errors.ts';
import { mapLimit } from '#shared/map-limit.ts';
import type { Registry, ResolvedImage } from '#shared/registry/registry.ts';
import type { Timer } from '#shared/retry.ts';
import { needsDigest } from './edits/plan-edits.ts';
import type { Target } from './images/change.ts';
import type { ImageRequest, PinDigest } from './images/image-request.ts';
import type { Inputs } from './inputs.ts';
import { userError } from './reasons.ts';

/** How images are looked up and checked. */
export interface ImageCheck {
  readonly registry: Registry;
  readonly timer: Timer;
  readonly inputs: Pick<Inputs, 'verifyImage' | 'platforms' | 'waitForImage' | 'pinDigest'>;
}

// A registry counts what one address asks at once.
const AT_ONCE = 4;

/**
 * Asks the registry what `verify-image` wants to know, and for the digests that the manifests need and nobody gave;
 * gives the requests with these digests. Requests that change nothing are not looked up. The error tells every image that fails.
 */
export async function resolveRequests(
  check: ImageCheck,
  requests: readonly ImageRequest[],
  targets: readonly Target[],
): Promise<readonly ImageRequest[]> {
  const resolved = await mapLimit(requests, AT_ONCE, async (request) => {
    const own = targets.filter((target) => target.request === request);
    try {
      return await resolveRequest(check, request, own);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return error;
    }
  });
  const failures = resolved.filter((each) => each instanceof UserError);
  const [first] = failures;
  if (first === undefined) return resolved.flatMap((each) => (each instanceof UserError ? [] : [each]));
  const messages = [...new Set(failures.map(({ message }) => message))];
  throw new UserError(first.reasonCode, messages.join('\n'), { remedy: first.remedy, cause: first });
}

async function resolveRequest(
  check: ImageCheck,
  request: ImageRequest,
  targets: readonly Target[],
): Promise<ImageRequest> {
  const { verifyImage, pinDigest, waitForImage = 0 } = check.inputs;
  const pins = targets.some(({ occurrence }) => needsDigest(occurrence, request, pinDigest));
  if (targets.every((target) => isCurrent(target, pinDigest)) || (verifyImage === 'off' && !pins && waitForImage === 0))
    return request;
  const image = await awaitImage(check, request);
  if (request.digest !== undefined && image.digest !== request.digest) {
    const message = `${request.image}:${request.tag ?? ''} is ${image.digest} in the registry, not ${request.digest}.`;
    throw userError('digest-mismatch', message);
  }
  requirePlatforms(check, request, image);
  return { ...request, digest: image.digest };
}

function isCurrent({ occurrence, request }: Target, pinDigest: PinDigest): boolean {
  const hasTag = request.tag === undefined || occurrence.tag === request.tag;
  const hasDigest =
    request.digest === undefined || occurrence.digest === request.digest || occurrence.digest === undefined;
  return hasTag && hasDigest && (pinDigest !== 'always' || occurrence.digest !== undefined);
}

const POLL_MS = 5_000;

async function awaitImage({ registry, timer, inputs }: ImageCheck, request: ImageRequest): Promise<ResolvedImage> {
  const { image, tag, digest } = request;
  // By tag where there is one: its digest is what has to agree with the given one.
  const reference = tag === undefined ? `${image}@${digest}` : `${image}:${tag}`;
  const deadline = timer.now() + (inputs.waitForImage ?? 0) * 1000;
  for (;;) {
    const found = await registry.resolve(reference, { platforms: inputs.verifyImage === 'platforms' });
    if (found !== undefined) return found;
    if (timer.now() + POLL_MS > deadline) break;
    await timer.sleep(POLL_MS);
  }
  throw userError('image-not-found', `The registry has no ${reference}.`);
}

function requirePlatforms({ inputs }: ImageCheck, request: ImageRequest, { platforms = [] }: ResolvedImage): void {
  if (inputs.verifyImage !== 'platforms') return;
  const missing = inputs.platforms.filter((platform) => !platforms.includes(platform));
  if (missing.length === 0) return;
  const message = `${request.image}:${request.tag ?? ''} has ${platforms.join(', ') || 'no platform'}, not ${missing.join(', ')}.`;
  throw userError('platform-missing', message);
}
