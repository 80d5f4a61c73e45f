import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Schema } from './json-schema.ts';

/** Says what is wrong with `value`, each as `where: what`; nothing when it fits. */
export type Validate = (schema: Schema, value: unknown) => string[];

/** A validator that compiles each schema once; `texts` reads numbers and booleans from text, as in a query. */
export function createValidate({ texts = false } = {}): Validate {
  // GitHub names formats that nobody has defined, as `repo.nwo`.
  const options: Options = { strict: false, allErrors: true, coerceTypes: texts, logger: false, inlineRefs: false };
  const ajv = new Ajv2020(options);
  formats.default(ajv);
  const compiled = new WeakMap<Schema, ValidateFunction>();
  const compile = ({ $defs, ...schema }: Schema) => {
    // Operations share components, and each is compiled once.
    const components = Object.entries(($defs ?? {}) as Record<string, Schema>);
    for (const [id, component] of components) if (ajv.schemas[id] === undefined) ajv.addSchema(component, id);
    return ajv.compile(schema);
  };
  return (schema, value) => {
    const validate = compiled.get(schema) ?? compile(schema);
    compiled.set(schema, validate);
    if (validate(value)) return [];
    return [...new Set((validate.errors ?? []).map(problemOf))].slice(0, MAX_PROBLEMS);
  };
}

// An answer of another kind lacks everything; the first dozen tells enough.
const MAX_PROBLEMS = 12;

function problemOf({ keyword, instancePath, params, message }: ErrorObject): string {
  const property = params['unevaluatedProperty'] ?? params['additionalProperty'];
  const what = property === undefined ? (message ?? keyword) : `'${property}' is not declared`;
  const where = instancePath
    .replaceAll(/\/\d+(?=\/|$)/g, '[]')
    .replaceAll('/', '.')
    .replace(/^\./, '');
  return where === '' ? what : `${where}: ${what}`;
}
