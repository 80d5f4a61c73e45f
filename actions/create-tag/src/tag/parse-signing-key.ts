import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { userError } from '../reasons.ts';

/** An Ed25519 key that signs, with its public half in SSH's encoding. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicBlob: Buffer;
}

const MAGIC = 'openssh-key-v1\0';
// RFC 8410, section 7: everything of a PKCS #8 Ed25519 key before its 32 bytes.
const PKCS8_START = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_START_LENGTH = 12;

/** Reads an Ed25519 private key without a passphrase, as `ssh-keygen -t ed25519` writes it or as PKCS #8. Throws UserError `bad-signing-key`. */
export function parseSigningKey(text: string): SigningKey {
  try {
    const privateKey = text.includes('OPENSSH PRIVATE KEY') ? readOpenSsh(text) : createPrivateKey(text);
    if (privateKey.asymmetricKeyType !== 'ed25519') throw new Error('no Ed25519 key');
    const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
    const publicBlob = Buffer.concat([sshString('ssh-ed25519'), sshString(spki.subarray(SPKI_START_LENGTH))]);
    return { privateKey, publicBlob };
  } catch {
    // The cause may quote the key, so it is dropped.
    throw userError('bad-signing-key', 'The signing key is no Ed25519 private key without a passphrase.');
  }
}

/** A string of the SSH protocol: its length in four bytes, then its bytes. https://www.rfc-editor.org/rfc/rfc4251#section-5 */
export function sshString(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

// https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key
function readOpenSsh(text: string): KeyObject {
  const base64 = text.replace(/-----[^-]+-----/g, '').replace(/\s/g, '');
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.subarray(0, MAGIC.length).toString('latin1') !== MAGIC) throw new Error('no OpenSSH key');
  const outer = reader(bytes, MAGIC.length);
  if (outer.string().toString() !== 'none') throw new Error('encrypted');
  outer.string();
  outer.string();
  outer.skip(4);
  outer.string();
  const inner = reader(outer.string(), 8);
  if (inner.string().toString() !== 'ssh-ed25519') throw new Error('no Ed25519 key');
  inner.string();
  const seed = inner.string().subarray(0, 32);
  return createPrivateKey({ key: Buffer.concat([PKCS8_START, seed]), format: 'der', type: 'pkcs8' });
}

function reader(bytes: Buffer, start: number) {
  let offset = start;
  return {
    skip: (count: number) => {
      offset += count;
    },
    string: (): Buffer => {
      const length = bytes.readUInt32BE(offset);
      const value = bytes.subarray(offset + 4, offset + 4 + length);
      offset += 4 + length;
      return value;
    },
  };
}
