/** `verification` of commits and tags; https://docs.github.com/en/rest/git/commits#get-a-commit-object */
export interface Verification {
  readonly verified: boolean;
  readonly reason: 'valid' | 'unsigned' | 'unknown_key';
  readonly signature: string | null;
  readonly payload: string | null;
  readonly verified_at: string | null;
}

const MARK = 'sandbox-signature-of-github';

/** The signature that the sandbox's GitHub puts on its own commits; it stands in the object as a real one does. */
export const OWN_SIGNATURE = `-----BEGIN PGP SIGNATURE-----\n\n${Buffer.from(MARK).toString('base64')}\n-----END PGP SIGNATURE-----\n`;

/** What GitHub says of a signature: its own are valid, others are of keys that it does not know. */
export function verificationOf(signature: string | undefined, verifiedAt: string): Verification {
  if (signature === undefined) {
    return { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null };
  }
  const verified = signature.includes(Buffer.from(MARK).toString('base64'));
  return {
    verified,
    reason: verified ? 'valid' : 'unknown_key',
    signature,
    payload: '',
    verified_at: verified ? verifiedAt : null,
  };
}

/** A tag's signature is a part of its message. */
export function signatureIn(message: string): Verification {
  return verificationOf(/-----BEGIN (?:PGP|SSH) SIGNATURE-----[\s\S]*$/.exec(message)?.[0], '');
}
