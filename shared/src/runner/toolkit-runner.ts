import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as core from '@actions/core';
import { sharedUserError, textOfError } from '../errors.ts';
import type { Annotation, RunContext, Runner } from './runner.ts';
import { maskedForms } from './secrets.ts';

/** The real runner, through GitHub's toolkit: workflow commands on standard output and the files the runner names in `GITHUB_*`. */
export function connectRunner(environment: NodeJS.ProcessEnv = process.env): Runner {
  let event: Runner['event'] | undefined;
  return {
    context: readContext(environment),
    get event() {
      event ??= readEvent(environment['GITHUB_EVENT_PATH']);
      return event;
    },
    log: (line) => core.info(line),
    debug: (line) => core.debug(line),
    warning: (message) => core.warning(message),
    annotate,
    group(title, lines) {
      core.startGroup(title);
      for (const line of lines) core.info(line);
      core.endGroup();
    },
    addSecret(secret) {
      for (const form of maskedForms(secret)) core.setSecret(form);
    },
    saveState: (name, value) => core.saveState(name, value),
    readState: (name) => core.getState(name),
  };
}

function annotate(annotation: Annotation): void {
  const { level, message, ...place } = annotation;
  const write = { error: core.error, warning: core.warning, notice: core.notice }[level];
  write(message, place);
}

function readContext(environment: NodeJS.ProcessEnv): RunContext {
  const serverUrl = environment['GITHUB_SERVER_URL'] ?? 'https://github.com';
  return {
    eventName: environment['GITHUB_EVENT_NAME'] ?? '',
    sha: environment['GITHUB_SHA'] ?? '',
    ref: environment['GITHUB_REF'] ?? '',
    repository: environment['GITHUB_REPOSITORY'] ?? '',
    actor: environment['GITHUB_ACTOR'] ?? '',
    workflow: environment['GITHUB_WORKFLOW'] ?? '',
    runId: environment['GITHUB_RUN_ID'] ?? '',
    runAttempt: Number(environment['GITHUB_RUN_ATTEMPT'] ?? 1),
    serverUrl,
    apiUrl: environment['GITHUB_API_URL'] ?? 'https://api.github.com',
    graphqlUrl: environment['GITHUB_GRAPHQL_URL'] ?? 'https://api.github.com/graphql',
    workspace: environment['GITHUB_WORKSPACE'] ?? process.cwd(),
    temporaryFolder: environment['RUNNER_TEMP'] ?? tmpdir(),
  };
}

function readEvent(path: string | undefined): Readonly<Record<string, unknown>> {
  if (path === undefined || path === '') return {};
  try {
    const payload: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof payload === 'object' && payload !== null ? { ...payload } : {};
  } catch (error) {
    const message = `The event of the workflow cannot be read: ${textOfError(error)}.`;
    throw sharedUserError('runner-file', message, { cause: error });
  }
}
