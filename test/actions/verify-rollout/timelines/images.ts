import { pod } from '../shop-objects.ts';
import { failing, progressing, pulled, type Timeline, waiting } from './timeline.ts';

/** What can be wrong with an image, or with how it is pulled. */
export const imageTimelines = {
  ImageNotFound: failing(
    pulled('rpc error: code = NotFound desc = failed to resolve reference "r/web:1": r/web:1: not found'),
  ),
  PullAccessDenied: failing(pulled('pull access denied, repository does not exist or may require authorization')),
  ImagePlatformMismatch: failing(pulled('no match for platform in manifest: not found')),
  RegistryCertificate: failing(
    pulled('tls: failed to verify certificate: x509: certificate signed by unknown authority'),
  ),
  PullRateLimited: failing(pulled('toomanyrequests: You have reached your pull rate limit'), 121),
  PullUnavailable: failing(pulled('dial tcp 10.0.0.1:443: i/o timeout'), 121),
  InvalidImageName: failing([waiting('InvalidImageName', "couldn't parse image name")]),
  ImageNeverPulled: failing([waiting('ErrImageNeverPull', 'not present with pull policy of Never')]),
  ImageSignature: failing([waiting('SignatureValidationFailed', 'no signature')]),
  WrongImage: failing([['pods', pod('1.1', { tag: '1.0' })]]),
  WrongDigest: {
    before: progressing,
    steps: [['pods', pod('1.1')]],
    inputs: { digest: `sha256:${'b'.repeat(64)}` },
    decidedAt: 0,
    result: 'failed',
  },
} satisfies Record<string, Timeline>;
