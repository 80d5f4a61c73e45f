import type { TaggedVersion } from '#shared/semver/version.ts';

const MAX_LENGTH = 128;

/**
 * The tag of the image that is built from a version: the last part of the tag's name, without build metadata.
 * Grammar: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
 */
export function imageTag({ tag }: Pick<TaggedVersion, 'tag'>): string {
  const name = tag.slice(tag.lastIndexOf('/') + 1).replace(/\+.*$/, '');
  return name
    .replace(/[^\w.-]/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, MAX_LENGTH);
}
