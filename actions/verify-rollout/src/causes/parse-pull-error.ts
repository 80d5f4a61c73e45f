import type { CauseClass } from './cause-table.ts';

/** What a failed pull says: its class, and whether trying again is pointless. */
export interface PullError {
  readonly class: CauseClass;
  readonly permanent: boolean;
}

// Order matters: "pull access denied, repository does not exist or may require authorization" is about rights.
const patterns: readonly (readonly [RegExp, CauseClass, boolean])[] = [
  [/toomanyrequests|too many requests|\b429\b|rate limit/i, 'PullRateLimited', false],
  [
    /no match for platform|no matching manifest|image operating system .* cannot be used/i,
    'ImagePlatformMismatch',
    true,
  ],
  [/x509|certificate/i, 'RegistryCertificate', true],
  [/signature/i, 'ImageSignature', true],
  [
    /denied|unauthorized|forbidden|no basic auth credentials|authentication required|\b40[13]\b/i,
    'PullAccessDenied',
    true,
  ],
  [
    /i\/o timeout|deadline exceeded|connection (?:refused|reset)|no such host|\b50[0234]\b|EOF|server misbehaving|no space left/i,
    'PullUnavailable',
    false,
  ],
  [/not found|manifest unknown|name unknown|does not exist|failed to resolve reference/i, 'ImageNotFound', true],
];

/**
 * Judges the message of ErrImagePull or ImagePullBackOff (texts of containerd, CRI-O and the registries).
 * Undefined for a bare "Back-off pulling image", which says nothing.
 */
export function parsePullError(message: string): PullError | undefined {
  // The image's own name may hold any word, so it must not take part.
  const plain = message.replace(/^Back-off pulling image "[^"]*"(?:: )?/, '').replace(/"[^"]*"/g, '""');
  if (plain.trim() === '') return undefined;
  const text = plain.replace(/\S+\/\S+:\S+(?=: )/g, '');
  const match = patterns.find(([pattern]) => pattern.test(text));
  return match === undefined
    ? { class: 'PullUnavailable', permanent: false }
    : { class: match[1], permanent: match[2] };
}
