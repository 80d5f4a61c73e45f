import { randomUUID, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLoopbackCertificate } from '../sandbox/cluster/loopback-certificate.ts';

/** Issues the tokens that a registry with token authentication asks for. */
export interface TokenService {
  readonly realm: string;
  readonly issuer: string;
  readonly service: string;
  /** What the registry has to trust, in PEM. */
  readonly certificate: string;
  close(): Promise<void>;
}

/** Starts it for one user, who may pull and push; nobody else gets a token. https://distribution.github.io/distribution/spec/auth/jwt/ */
export async function startTokenService(user: { username: string; password: string }): Promise<TokenService> {
  const { key, cert } = createLoopbackCertificate();
  const basic = `Basic ${Buffer.from(`${user.username}:${user.password}`).toString('base64')}`;
  const [issuer, service] = ['trunkline-tests', 'registry-tests'];
  const header = { typ: 'JWT', alg: 'ES256', x5c: [cert.replace(/-----[A-Z ]+-----|\s/g, '')] };
  const server = createServer((request, response) => {
    if (request.headers.authorization !== basic) return void response.writeHead(401).end();
    const scopes = new URL(request.url ?? '', 'http://localhost').searchParams.getAll('scope');
    const access = scopes.map((scope) => {
      const [type, name, actions = ''] = scope.split(':');
      return { type, name, actions: actions.split(',') };
    });
    const now = Math.floor(Date.now() / 1000);
    const times = { iat: now, nbf: now - 60, exp: now + 300 };
    const claims = { iss: issuer, sub: user.username, aud: service, jti: randomUUID(), ...times, access };
    const body = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    const signature = sign('sha256', Buffer.from(body), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ token: `${body}.${signature}` }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const realm = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { realm, issuer, service, certificate: cert, close };
}
