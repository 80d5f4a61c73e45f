import type { RestExchange } from '../github/traffic.ts';

/** An exchange with one thing wrong, and what; `path` leads to the property that was changed. */
export interface Mutation {
  readonly what: string;
  readonly path?: readonly Step[];
  readonly exchange: RestExchange;
}

type Step = string | number;

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** The replies in which one property is missing, of another type, or one too many; each place once. */
export function mutateReply(exchange: RestExchange): Mutation[] {
  return mutateJson(exchange.reply).map(({ text, ...rest }) => ({ ...rest, exchange: { ...exchange, reply: text } }));
}

/** The same for the body of the request. */
export function mutateBody(exchange: RestExchange): Mutation[] {
  return mutateJson(exchange.body).map(({ text, ...rest }) => ({ ...rest, exchange: { ...exchange, body: text } }));
}

/** What is wrong with a request around its body, and with a status. */
export function mutateFrame(exchange: RestExchange): Mutation[] {
  const { path, query } = exchange;
  const more = query === '' ? 'undeclared=1' : `${query}&undeclared=1`;
  return [
    { what: 'an undeclared parameter', exchange: { ...exchange, query: more } },
    { what: 'an unknown path', exchange: { ...exchange, path: `/unknown${path}` } },
    { what: 'a wrong method', exchange: { ...exchange, method: 'TRACE' } },
    { what: 'an undocumented status', exchange: { ...exchange, status: 299 } },
    { what: 'a reply that is no JSON', exchange: { ...exchange, reply: '{' } },
  ];
}

function mutateJson(text: string): { what: string; path: Step[]; text: string }[] {
  if (text === '') return [];
  const places = new Map<string, Step[]>();
  const records = new Set<string>();
  const root = JSON.parse(text) as Json;
  visit(root, [], (path) => {
    const place = path.map((step) => (typeof step === 'number' ? '[]' : step)).join('.');
    if (!places.has(place)) places.set(place, path);
  });
  return [...places].flatMap(([place, path]) => {
    const record = place.slice(0, place.lastIndexOf('.') + 1);
    const beside = { what: `something beside ${place}`, path, text: changed(text, path, 'add') };
    const isNew = !records.has(record);
    records.add(record);
    return [
      { what: `${place} missing`, path, text: changed(text, path, 'drop') },
      { what: `${place} of another type`, path, text: changed(text, path, 'retype') },
      ...(isNew ? [beside] : []),
    ];
  });
}

/** Calls `tell` with the path of each property of each record. */
function visit(value: Json, path: Step[], tell: (path: Step[]) => void): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    if (!Array.isArray(value)) tell(here);
    visit(inner, here, tell);
  }
}

function changed(text: string, path: readonly Step[], how: 'drop' | 'retype' | 'add'): string {
  const root = JSON.parse(text) as Json;
  let holder = root as Record<string | number, Json>;
  for (const step of path.slice(0, -1)) holder = holder[step] as Record<string | number, Json>;
  const last = path.at(-1) ?? '';
  const value = holder[last];
  if (how === 'drop') delete holder[last];
  else if (how === 'add') holder['undeclared'] = 1;
  // No schema of GitHub's takes a list of lists of lists here, whatever else it takes.
  else holder[last] = [[[value ?? null]]];
  return JSON.stringify(root);
}
