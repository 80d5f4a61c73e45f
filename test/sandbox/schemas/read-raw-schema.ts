import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Schema } from './json-schema.ts';

/** What GitHub's description says of one place, read without the translation that the check uses. */
export interface Place {
  /** Whether every schema that knows the property requires it. */
  readonly required: boolean;
  /** Whether anything may stand there or beside it. */
  readonly open: boolean;
}

type Step = string | number;

/** Tells of a place in the request body or in the reply with `status`, by the operation's id. */
export type ReadPlace = (operation: string, part: 'body' | number, path: readonly Step[]) => Place;

/** Reads the whole description once. */
export function readRawSchemas(): ReadPlace {
  const file = createRequire(import.meta.url).resolve('@octokit/openapi/generated/api.github.com.json');
  const api = JSON.parse(readFileSync(file, 'utf8')) as Schema;
  const at = (value: unknown, ...keys: string[]) =>
    keys.reduce<unknown>((holder, key) => {
      const found = (holder as Schema | undefined)?.[key] as Schema | undefined;
      return typeof found?.['$ref'] === 'string' ? resolve(api, found['$ref']) : found;
    }, value);
  const operations = new Map(
    Object.values(at(api, 'paths') as Schema)
      .flatMap((path) => Object.values(path as Schema))
      .map((operation) => [(operation as Schema)['operationId'], operation] as const),
  );
  return (id, part, path) => {
    const source = part === 'body' ? ['requestBody'] : ['responses', String(part)];
    const schema = at(operations.get(id), ...source, 'content', 'application/json', 'schema') as Schema;
    let holders = partsOf(api, schema);
    for (const step of path.slice(0, -1)) holders = holders.flatMap((holder) => partsAt(api, holder, step));
    const name = String(path.at(-1));
    const knowing = holders.filter((holder) => at(holder, 'properties', name) !== undefined);
    const required = knowing.every((holder) => (holder['required'] as string[] | undefined)?.includes(name));
    return { required: required && knowing.length > 0, open: holders.some(isOpen) };
  };
}

function partsAt(api: Schema, holder: Schema, step: Step): Schema[] {
  const inner = typeof step === 'number' ? holder['items'] : (holder['properties'] as Schema | undefined)?.[step];
  return inner === undefined ? [] : partsOf(api, inner as Schema);
}

/** The schema and everything that it combines, without references. */
function partsOf(api: Schema, schema: Schema): Schema[] {
  if (typeof schema['$ref'] === 'string') return partsOf(api, resolve(api, schema['$ref']));
  const combined = ['allOf', 'anyOf', 'oneOf'].flatMap((keyword) => (schema[keyword] as Schema[] | undefined) ?? []);
  return [schema, ...combined.flatMap((part) => partsOf(api, part))];
}

function isOpen(schema: Schema): boolean {
  const { additionalProperties: more, properties, type } = schema;
  return (more !== undefined && more !== false) || (type === 'object' && properties === undefined);
}

function resolve(api: Schema, reference: string): Schema {
  const steps = reference.split('/').slice(1);
  return steps.reduce((holder, step) => holder[step] as Schema, api);
}
