import { type Actor, anonymous } from './actors.ts';
import type { World } from './world.ts';

/** Whom the `Authorization` header names: undefined for a token that does not exist. */
export function actorOf(world: World, authorization: string | undefined): Actor | undefined {
  const [scheme = '', value = ''] = (authorization ?? '').split(' ');
  if (value === '') return anonymous;
  if (scheme.toLowerCase() !== 'basic') return world.actors.byToken(value);
  const [user = '', password = ''] = Buffer.from(value, 'base64').toString().split(':');
  return world.actors.byToken(password) ?? world.actors.byToken(user);
}
