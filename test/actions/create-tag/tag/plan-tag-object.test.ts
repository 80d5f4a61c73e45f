import { createHash, generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { parseSigningKey, sshString } from '../../../../actions/create-tag/src/tag/parse-signing-key.ts';
import { signedTag, tagObjectSha } from '../../../../actions/create-tag/src/tag/plan-tag-object.ts';

const tag = {
  tag: 'v1.2.3',
  message: 'Release ü\n',
  commitSha: '0123456789abcdef0123456789abcdef01234567',
  tagger: { name: 'Mona', email: 'mona@example.com', date: '2025-01-02T03:04:05Z' },
};
const content =
  'object 0123456789abcdef0123456789abcdef01234567\ntype commit\ntag v1.2.3\ntagger Mona <mona@example.com> 1735787045 +0000\n\nRelease ü\n';

describe('a tag object', () => {
  test('has the sha that git gives it', () => {
    // git hash-object -t tag --stdin, of the text above
    const bytes = Buffer.from(content);
    expect(tagObjectSha(tag)).toBe(createHash('sha1').update(`tag ${bytes.length}\0`).update(bytes).digest('hex'));
  });

  test('carries a signature of exactly its own bytes', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const key = parseSigningKey(privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
    const { message } = signedTag(tag, key);
    const [, armor = ''] =
      /-----BEGIN SSH SIGNATURE-----\n([\s\S]+)\n-----END SSH SIGNATURE-----\n$/.exec(message) ?? [];
    expect(Math.max(...armor.split('\n').map((line) => line.length))).toBeLessThanOrEqual(76);
    const blob = Buffer.from(armor, 'base64');
    const digest = createHash('sha512').update(content).digest();
    const parts = [sshString('git'), sshString(''), sshString('sha512')];
    const signed = Buffer.concat([Buffer.from('SSHSIG'), ...parts, sshString(digest)]);
    expect(verify(null, signed, publicKey, blob.subarray(-64))).toBe(true);
    expect(signedTag(tag, key).message).toBe(message);
  });
});
