/** The number that GitHub would count up for something that the sandbox knows by name only; the same name, the same number. */
export function idFrom(name: string): number {
  return Buffer.from(name).reduce((sum, byte) => (sum * 31 + byte) % 1_000_000, 1);
}

/** The global id of a ref, the same in REST and GraphQL; it says nothing to clients. */
export function refNodeId(repository: { readonly id: number }, ref: string): string {
  return `REF_${repository.id}_${ref}`;
}
