/**
 * A reporter for node's test runner that writes one JSON line for each result with file and line
 * (Node.js documentation, "Custom reporters"); it runs in the project's own node, so it is plain text here.
 */
export const nodeReporter = `export default async function* report(source) {
  for await (const { type, data } of source) {
    if (type !== 'test:fail' && type !== 'test:pass') continue;
    const error = data.details?.error;
    const cause = error?.cause;
    const message = typeof cause === 'string' ? cause : (cause?.message ?? error?.message);
    yield JSON.stringify({
      type,
      name: data.name,
      file: data.file,
      line: data.line,
      kind: data.details?.type,
      skipped: data.skip !== undefined || data.todo !== undefined,
      message: error?.failureType === 'subtestsFailed' ? 'subtest failed' : message,
      stack: cause?.stack ?? error?.stack,
    }) + '\\n';
  }
}
`;
