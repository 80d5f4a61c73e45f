import picomatch from 'picomatch';
import type { Creation } from './creation/plan-creation.ts';
import type { Inputs } from './inputs.ts';

/** What `create` asks for; undefined when it does not. The inputs have to be free of `creationProblems`. */
export function creationOf(inputs: Inputs): Creation | undefined {
  if (!inputs.create) return undefined;
  const { source = '', target = '' } = foldersOfCreation(inputs);
  // The longest name first, so that none is replaced within another.
  const names = [...inputs.replace].sort((a, b) => b.old.length - a.old.length);
  return { source, target, names, boundaries: inputs.boundaries };
}

/** What is wrong with `create` and the inputs that belong to it, seen together. */
export function creationProblems(inputs: Inputs): string[] {
  const { create, template, fromEnvironment, replace, files } = inputs;
  if (!create) {
    const given = {
      template,
      'from-environment': fromEnvironment,
      'create-in': inputs.createIn,
      boundaries: inputs.boundaries,
    };
    const names = [
      ...Object.entries(given).flatMap(([name, value]) => (value === '' ? [] : name)),
      ...(replace.length > 0 ? ['replace'] : []),
    ];
    return names.map((name) => `${name}: needs \`create: true\``);
  }
  const problems: string[] = [];
  if ((template === '') === (fromEnvironment === ''))
    problems.push('create: give either `template` or `from-environment`');
  if (files.length > 0) problems.push('files: not together with `create`, which reads two folders');
  const { source, target } = foldersOfCreation(inputs);
  if (source === undefined)
    problems.push('from-environment: name an environment of `environments` that has one folder');
  if (target === undefined)
    problems.push('create-in: missing; without it `environment` has to have one folder in `environments`');
  if (source !== undefined && target !== undefined && `${source}/`.startsWith(`${target}/`))
    problems.push(`create-in: ${target} holds the folder ${source} that is copied`);
  if (source !== undefined && target?.startsWith(`${source}/`))
    problems.push(`create-in: ${target} is in the folder ${source} that is copied`);
  const olds = replace.map(({ old }) => old);
  problems.push(
    ...olds.filter((old, index) => olds.indexOf(old) < index).map((old) => `replace: ${old} is replaced twice`),
  );
  return problems;
}

function foldersOfCreation(inputs: Inputs): { source: string | undefined; target: string | undefined } {
  return {
    source: inputs.template || folderOf(inputs, inputs.fromEnvironment),
    target: inputs.createIn || folderOf(inputs, inputs.environment),
  };
}

// The part of its only glob before any wildcard.
function folderOf({ environments }: Inputs, name: string): string | undefined {
  const globs = environments.find((each) => each.name === name)?.globs ?? [];
  const folder = globs.length === 1 ? picomatch.scan(globs[0] ?? '').base : '';
  return folder === '' ? undefined : folder.replace(/\/$/, '');
}
