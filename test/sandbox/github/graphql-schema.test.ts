import { describe, expect, test } from '@jest/globals';
import { schema as published } from '@octokit/graphql-schema';
import {
  buildSchema,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import { SCHEMA } from './graphql-schema.ts';

const ours = buildSchema(SCHEMA);
const theirs = buildSchema(published.idl, { assumeValidSDL: true });
const named = Object.values(ours.getTypeMap()).filter(({ name }) => !name.startsWith('__'));

/** `field(argument: Type): Type`, as the schema language prints it. */
function members(type: GraphQLNamedType | undefined): string[] {
  if (isEnumType(type)) return type.getValues().map(({ name }) => name);
  if (isInputObjectType(type)) return Object.values(type.getFields()).map((field) => `${field.name}: ${field.type}`);
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  return Object.values(type.getFields()).flatMap((field) => [
    `${field.name}: ${field.type}`,
    ...field.args.map((argument) => `${field.name}(${argument.name}: ${argument.type})`),
  ]);
}

describe("the sandbox's GraphQL schema", () => {
  test.each(named.map((type) => [type.name, type] as const))('%s is a part of the published %s', (name, type) => {
    expect(members(theirs.getType(name))).toEqual(expect.arrayContaining(members(type)));
  });
});
