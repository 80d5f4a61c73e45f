import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A key and a certificate for itself, both in PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

const ecdsaWithSha256 = '06082a8648ce3d040302';
const commonName = '0603550403';
const subjectAlternativeName = '0603551d11';
const basicConstraints = '0603551d13';

/** Makes a self-signed certificate for 127.0.0.1 and localhost (RFC 5280), valid from an hour ago for a day. */
export function createLoopbackCertificate(): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(Buffer.from(ecdsaWithSha256, 'hex'));
  const name = sequence(der(0x31, sequence(Buffer.from(commonName, 'hex'), der(0x0c, Buffer.from('sandbox')))));
  const hour = 3_600_000;
  const validity = sequence(time(Date.now() - hour), time(Date.now() + 24 * hour));
  const names = sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1])));
  // Its own authority, so that it can be given to clients as the CA.
  const authority = sequence(der(0x01, Buffer.from([0xff])));
  const extensions = sequence(extension(subjectAlternativeName, names), extension(basicConstraints, authority));
  const serial = der(0x02, Buffer.concat([Buffer.from([0x01]), randomBytes(8)]));
  const version3 = der(0xa0, der(0x02, Buffer.from([2])));
  const key = publicKey.export({ type: 'spki', format: 'der' });
  const unsigned = sequence(version3, serial, algorithm, name, validity, name, key, der(0xa3, extensions));
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', unsigned, privateKey)]));
  const body =
    sequence(unsigned, algorithm, signature)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  const cert = ['-----BEGIN CERTIFICATE-----', ...body, '-----END CERTIFICATE-----', ''].join('\n');
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert };
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function extension(oid: string, value: Buffer): Buffer {
  return sequence(Buffer.from(oid, 'hex'), der(0x04, value));
}

// UTCTime, as certificates of this century have it until 2049.
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
}
