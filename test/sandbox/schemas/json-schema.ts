/** A JSON Schema, or an OpenAPI 3.0 one. */
export interface Schema {
  readonly [keyword: string]: unknown;
}

type Schemas = Readonly<Record<string, Schema>>;

/**
 * An OpenAPI 3.0 schema as JSON Schema 2020-12, with the components it refers to, by id, in `$defs`. An object that lists its
 * properties has no others, because a double that answers more than GitHub declares would be believed.
 */
export function jsonSchemaOf(schema: Schema, components: Schemas): Schema {
  const needed = new Map<string, Schema>();
  const translate = translator((name, open) => {
    const key = open ? `${name}.open` : name;
    if (needed.has(key)) return key;
    needed.set(key, {});
    needed.set(key, translate(components[name] ?? {}, open));
    return key;
  });
  const root = translate(schema, false);
  return { ...root, $defs: Object.fromEntries(needed) };
}

type Translate = (schema: Schema, open: boolean) => Schema;

/** `open` leaves it to the enclosing schema which properties there may be: a part of `allOf` knows only its own. */
function translator(define: (name: string, open: boolean) => string): Translate {
  const translate: Translate = (schema, open) => {
    const { nullable, $ref, ...rest } = schema;
    if (typeof $ref === 'string') return { $ref: define($ref.split('/').at(-1) ?? '', open) };
    if (nullable !== true) return translateKeywords(rest, open);
    return { anyOf: [{ type: 'null' }, translateKeywords(rest, open)] };
  };
  const parts = (list: unknown) => (list as Schema[]).map((part) => translate(part, true));
  function translateKeywords(schema: Schema, open: boolean): Schema {
    const { properties, items, additionalProperties: more, allOf, anyOf, oneOf, example: _, ...kept } = schema;
    // GitHub's alternatives overlap: what one of them allows is allowed.
    const either = anyOf ?? oneOf;
    const result: Record<string, unknown> = { ...kept };
    // The empty text that GitHub itself declares as default is no URI.
    if (schema['default'] === '') delete result['format'];
    if (allOf !== undefined) result['allOf'] = parts(allOf);
    if (either !== undefined) result['anyOf'] = parts(either);
    if (items !== undefined) result['items'] = translate(items as Schema, false);
    if (properties !== undefined)
      result['properties'] = mapValues(properties as Schemas, (one) => translate(one, false));
    const isListed = [properties, allOf, either].some((one) => one !== undefined);
    if (more !== undefined) result['additionalProperties'] = isSchema(more) ? translate(more, false) : more;
    else if (!isListed) result['additionalProperties'] = true;
    else if (!open) result['unevaluatedProperties'] = false;
    return result;
  }
  return translate;
}

function mapValues(record: Schemas, map: (schema: Schema) => Schema): Schemas {
  return Object.fromEntries(Object.entries(record).map(([name, schema]) => [name, map(schema)]));
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null;
}
