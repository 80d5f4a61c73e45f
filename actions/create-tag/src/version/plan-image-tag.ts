import type { TaggedVersion } from '#shared/semver/version.ts';

const MAX_LENGTH = 128;

/**
 * The tag of the image that is built from a version: the last part of the tag's name, without build metadata. Where it
 * is too long, the prefix loses its beginning, because the end tells versions apart.
 * Grammar: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
 */
export function imageTag({ tag, version }: Pick<TaggedVersion, 'tag' | 'version'>): string {
  const prefix = tag.slice(0, tag.length - version.length);
  const name = prefix.slice(prefix.lastIndexOf('/') + 1) + version.replace(/\+.*$/, '');
  return name
    .replace(/[^\w.-]/g, '-')
    .slice(-MAX_LENGTH)
    .replace(/^[.-]+/, '');
}
