import { isDigest, isImageTag, normalizeName } from '#shared/image/reference.ts';
import { NotAllowed } from '#shared/inputs.ts';
import type { ImageRequest } from './image-request.ts';

const ALLOWED = 'lines `name=tag`, `name=tag@sha256:...` or `name=@sha256:...`, the name without tag';

/** Parses one line of `images`. Throws NotAllowed. */
export function parseImageLine(line: string): ImageRequest {
  const equals = line.indexOf('=');
  if (equals === -1) throw new NotAllowed(ALLOWED);
  const image = line.slice(0, equals).trim();
  const version = line.slice(equals + 1).trim();
  const at = version.indexOf('@');
  const tag = at === -1 ? version : version.slice(0, at);
  const digest = at === -1 ? '' : version.slice(at + 1);
  if (problemsOf({ image, tag, digest }).length > 0) throw new NotAllowed(ALLOWED);
  return { image, tag: tag || undefined, digest: digest || undefined };
}

/** All that is wrong with `image`, `tag` and `digest` together; empty when they are good. */
export function problemsOf({ image, tag, digest }: { image: string; tag: string; digest: string }): string[] {
  const problems: string[] = [];
  if (normalizeName(image) === undefined) {
    problems.push(`image: ${JSON.stringify(image)} is not allowed; allowed: an image name without tag and digest`);
  }
  if (tag === '' && digest === '') problems.push('tag: missing; give `tag`, `digest` or both');
  if (tag !== '' && !isImageTag(tag)) {
    problems.push(
      `tag: ${JSON.stringify(tag)} is not allowed; allowed: up to 128 of A-Z a-z 0-9 _ . -, not starting with . or -`,
    );
  }
  if (digest !== '' && !isDigest(digest)) {
    problems.push(`digest: ${JSON.stringify(digest)} is not allowed; allowed: sha256: and 64 hexadecimal digits`);
  }
  return problems;
}
