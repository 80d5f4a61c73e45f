import { findImages } from '#shared/manifest/find-images.ts';
import type { DeployMarker } from '#shared/marker/deploy-marker.ts';
import { isSameRepository } from '../cluster/parse-image.ts';

/** Whether a manifest really sets the image of a marker to its version or digest, wherever a bump would write it. */
export async function holdsImage({
  path,
  text,
  marker,
}: {
  path: string;
  text: string;
  marker: DeployMarker;
}): Promise<boolean> {
  const occurrences = await findImages(text, path);
  return occurrences.some(({ image, alias, tag, digest }) => {
    const isOurs = [image, alias ?? ''].some((name) => name !== '' && isSameRepository(name, marker.image));
    return isOurs && (tag === marker.version || (digest !== undefined && digest === marker.digest));
  });
}
