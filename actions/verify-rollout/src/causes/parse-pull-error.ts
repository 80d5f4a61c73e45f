import type { CauseClass } from './cause-table.ts';

/** What a failed pull says: its class, and whether trying again is pointless. */
export interface PullError {
  readonly class: CauseClass;
  readonly permanent: boolean;
}

// Order matters: "pull access denied, repository does not exist or may require authorization" is about rights.
const patterns: readonly (readonly [RegExp, CauseClass, boolean])[] = [
  [/toomanyrequests|too many requests|\b429\b|rate ?limit|rate exceeded|QPS exceeded/i, 'PullRateLimited', false],
  [
    /no match for platform|no matching manifest|no image found in|image operating system .* cannot be used/i,
    'ImagePlatformMismatch',
    true,
  ],
  [/short[- ]name/i, 'InvalidImageName', true],
  [/x509|certificate|HTTP response to HTTPS client|not look like a TLS handshake/i, 'RegistryCertificate', true],
  [/signature/i, 'ImageSignature', true],
  [
    /(?<!permission )denied|unauthorized|forbidden|no basic auth credentials|auth\w+ (?:required|failed)|\b40[13]\b/i,
    'PullAccessDenied',
    true,
  ],
  [/not found|(?:manifest|name|blob)[ _]unknown|does not exist/i, 'ImageNotFound', true],
];

/**
 * Judges the message of ErrImagePull or ImagePullBackOff (texts of containerd, CRI-O and the registries).
 * Undefined for a bare "Back-off pulling image", which says nothing.
 */
export function parsePullError(message: string): PullError | undefined {
  const plain = message.replace(/^Back-off pulling image "[^"]*"(?:: )?/, '');
  if (plain.trim() === '') return undefined;
  // Names, tags and URLs may hold any word, so they must not take part.
  const text = plain.replace(/"[^"]*"|\S*\/\S*|\S+:\S+/g, '');
  const match = patterns.find(([pattern]) => pattern.test(text));
  return match === undefined
    ? { class: 'PullUnavailable', permanent: false }
    : { class: match[1], permanent: match[2] };
}
