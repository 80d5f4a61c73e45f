import { createHash, sign } from 'node:crypto';
import type { NewTag } from '#shared/github/tags.ts';
import { type SigningKey, sshString } from './parse-signing-key.ts';

const NAMESPACE = 'git';
const HASH = 'sha512';
const LINE_LENGTH = 70;

/** The tag with its signature at the end of its message, where git looks for it. `message` must end with a line break. */
export function signedTag(tag: NewTag, key: SigningKey): NewTag {
  return { ...tag, message: `${tag.message}${sshSignature(tagContent(tag), key)}` };
}

/** The sha that git gives the tag object (SHA-1 repositories). https://git-scm.com/book/en/v2/Git-Internals-Git-Objects */
export function tagObjectSha(tag: NewTag): string {
  const content = Buffer.from(tagContent(tag));
  return createHash('sha1').update(`tag ${content.length}\0`).update(content).digest('hex');
}

function tagContent({ tag, message, commitSha, tagger }: NewTag): string {
  const seconds = Math.floor(Date.parse(tagger.date) / 1000);
  return `object ${commitSha}\ntype commit\ntag ${tag}\ntagger ${tagger.name} <${tagger.email}> ${seconds} +0000\n\n${message}`;
}

// https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.sshsig
function sshSignature(text: string, { privateKey, publicBlob }: SigningKey): string {
  const scope = [sshString(NAMESPACE), sshString(''), sshString(HASH)];
  const digest = createHash(HASH).update(text).digest();
  const signature = sign(null, Buffer.concat([Buffer.from('SSHSIG'), ...scope, sshString(digest)]), privateKey);
  const blob = Buffer.concat([
    Buffer.from('SSHSIG'),
    Buffer.from([0, 0, 0, 1]),
    sshString(publicBlob),
    ...scope,
    sshString(Buffer.concat([sshString('ssh-ed25519'), sshString(signature)])),
  ]);
  const lines = blob.toString('base64').match(new RegExp(`.{1,${LINE_LENGTH}}`, 'g')) ?? [];
  return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----', ''].join('\n');
}
