import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { projectRoot } from '../../support/action-manifest.ts';
import { jsonSchemaOf, type Schema } from './json-schema.ts';

/** One operation of GitHub's REST API as GitHub describes it. */
export interface Operation {
  /** Such as `pulls/create`. */
  readonly id: string;
  readonly path: Schema;
  readonly query: Schema;
  /** Of the JSON body; undefined where none is declared. */
  readonly body: Schema | undefined;
  readonly bodyRequired: boolean;
  /** By status; null where GitHub declares no JSON body. */
  readonly replies: Readonly<Record<string, Schema | null>>;
}

/** A path such as `/repos/{owner}/{repo}/pulls`, and the ids of its operations by method. */
export interface DescribedPath {
  readonly template: string;
  /** Parameters that take slashes too. */
  readonly multiSegment: readonly string[];
  readonly operations: Readonly<Record<string, string>>;
}

/** GitHub's published description of its REST API: https://github.com/octokit/openapi */
export interface Description {
  readonly paths: readonly DescribedPath[];
  operation(path: DescribedPath, method: string): Operation | undefined;
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, Schema>>>>;
}

interface RawOperation {
  readonly operationId: string;
  readonly parameters?: readonly Schema[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, Schema>>;
}

interface RawParameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
  readonly 'x-multi-segment'?: boolean;
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

/**
 * Reads what is asked for only. The whole description is 13 MB, so each operation is kept in a small file of its own
 * below build/ once it was used.
 */
export function openDescription(): Description {
  const source = createRequire(import.meta.url).resolve('@octokit/openapi/package.json');
  const { version } = JSON.parse(readFileSync(source, 'utf8')) as { version: string };
  const folder = join(projectRoot, 'build', `.github-description-${version}-${ownHash()}`);
  let whole: OpenApi | undefined;
  const read = () => {
    whole ??= JSON.parse(readFileSync(join(dirname(source), 'generated/api.github.com.json'), 'utf8')) as OpenApi;
    return whole;
  };
  const operations = new Map<string, Operation>();
  return {
    paths: kept(folder, 'paths', () => describedPaths(read())),
    operation({ template, operations: ids }, method) {
      const id = ids[method.toLowerCase()];
      if (id === undefined) return undefined;
      const make = () => operationOf(read(), template, method.toLowerCase());
      const operation = operations.get(id) ?? kept(folder, id.replaceAll('/', '.'), make);
      operations.set(id, operation);
      return operation;
    },
  };
}

/** What this module and the translation make of the description is kept as long as they are the same. */
function ownHash(): string {
  const hash = createHash('sha256');
  for (const name of ['description.js', 'json-schema.js']) hash.update(readFileSync(join(import.meta.dirname, name)));
  return hash.digest('hex').slice(0, 12);
}

function kept<T>(folder: string, name: string, make: () => T): T {
  const file = join(folder, `${name}.json`);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    const made = make();
    mkdirSync(folder, { recursive: true });
    // Workers write the same file at the same time.
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(made));
    renameSync(`${file}.${process.pid}`, file);
    return made;
  }
}

function describedPaths(api: OpenApi): DescribedPath[] {
  return Object.entries(api.paths).map(([template, operations]) => {
    const all = Object.entries(operations);
    const parameters = all.flatMap(([, { parameters = [] }]) =>
      parameters.map((one) => resolve<RawParameter>(api, one)),
    );
    const multiSegment = new Set(parameters.filter((one) => one['x-multi-segment']).map(({ name }) => name));
    const ids = Object.fromEntries(all.map(([method, { operationId }]) => [method, operationId]));
    return { template, multiSegment: [...multiSegment], operations: ids };
  });
}

function operationOf(api: OpenApi, template: string, method: string): Operation {
  const raw = api.paths[template]?.[method] as RawOperation;
  const schemas = api.components['schemas'] ?? {};
  const parameters = (raw.parameters ?? []).map((one) => resolve<RawParameter>(api, one));
  const parametersIn = (place: string) => {
    const found = parameters.filter((one) => one.in === place);
    const properties = Object.fromEntries(found.map(({ name, schema }) => [name, schema]));
    const required = found.filter((one) => one.required === true).map(({ name }) => name);
    return jsonSchemaOf({ type: 'object', properties, required }, schemas);
  };
  const json = (content: Content | undefined) => {
    const schema = content?.['application/json']?.schema;
    return schema === undefined ? undefined : jsonSchemaOf(schema, schemas);
  };
  const replies = Object.entries(raw.responses).map(([status, response]) => {
    const { content } = resolve<{ content?: Content }>(api, response);
    return [status, json(content) ?? null] as const;
  });
  return {
    id: raw.operationId,
    path: parametersIn('path'),
    query: parametersIn('query'),
    body: json(raw.requestBody?.content),
    bodyRequired: raw.requestBody?.required === true,
    replies: Object.fromEntries(replies),
  };
}

function resolve<T>({ components }: OpenApi, value: Schema): T {
  if (typeof value['$ref'] !== 'string') return value as T;
  const [kind = '', name = ''] = value['$ref'].split('/').slice(-2);
  return components[kind]?.[name] as T;
}
