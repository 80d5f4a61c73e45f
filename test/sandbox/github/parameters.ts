import { Refusal } from './refusals.ts';

type Body = Readonly<Record<string, unknown>>;

/** A text that must be in the body. */
export function requiredText(body: Body, name: string): string {
  const value = body[name];
  if (value === undefined || value === null) throw new Refusal(422, `Invalid request.\n\n"${name}" wasn't supplied.`);
  if (typeof value !== 'string') throw wrongType(name, value, 'a string');
  return value;
}

/** A text that may be in the body. */
export function optionalText(body: Body, name: string): string | undefined {
  return body[name] === undefined || body[name] === null ? undefined : requiredText(body, name);
}

/** A boolean that may be in the body. */
export function optionalFlag(body: Body, name: string): boolean | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'boolean') throw wrongType(name, value, 'a boolean');
  return value;
}

/** A list of texts that may be in the body. */
export function optionalTexts(body: Body, name: string): string[] | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || value.some((one) => typeof one !== 'string')) throw wrongType(name, value, 'an array');
  return value as string[];
}

/** A list of records that must be in the body. */
export function requiredRecords(body: Body, name: string): Body[] {
  const value = body[name];
  if (value === undefined) throw new Refusal(422, `Invalid request.\n\n"${name}" wasn't supplied.`);
  if (!Array.isArray(value)) throw wrongType(name, value, 'an array');
  return value.map(recordOf);
}

/** `value` as a record, `{}` when it is none. */
export function recordOf(value: unknown): Body {
  return typeof value === 'object' && value !== null ? (value as Body) : {};
}

function wrongType(name: string, value: unknown, wanted: string): Refusal {
  return new Refusal(422, `Invalid request.\n\nFor '${name}', ${JSON.stringify(value)} is not ${wanted}.`);
}
