import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { runStep, type StepResult } from '../../support/run-step.ts';
import type { Narrator } from './narrator.ts';
import type { Breakage } from './parse-arguments.ts';

/** The repositories and the service of the story. */
export const story = {
  service: 'thoughts-backend',
  source: 'acme/thoughts-backend',
  gitops: 'acme/gitops',
} as const;

/** One delivery that is under way. */
export interface Delivery {
  readonly sandbox: Sandbox;
  readonly narrator: Narrator;
  readonly breakage: Breakage | undefined;
  /** Everything is written below this folder, which is removed at the end. */
  readonly folder: string;
  /** Ends the processes of a step when the delivery is stopped. */
  readonly signal: AbortSignal;
}

/** A step of an action that ended with an exit code other than 0; its evidence has been told. */
export class StepFailed extends Error {
  readonly result: StepResult;

  constructor(action: string, result: StepResult) {
    super(`${action} ended with exit code ${result.exitCode}`);
    this.result = result;
  }
}

/** Where a step runs and for which event. */
export interface StepPlace {
  readonly repository: string;
  readonly eventName: string;
  readonly sha: string;
  readonly ref: string;
  readonly event?: object;
  readonly token: string;
  readonly workspace?: string;
}

/** Runs the bundle of an action as the runner does, and throws StepFailed (with the errors told) unless it ends with 0. */
export async function runAction(
  delivery: Delivery,
  step: { action: string; inputs: Record<string, string>; place: StepPlace; tell: (line: string) => void },
): Promise<StepResult> {
  const { sandbox, folder, signal } = delivery;
  const { place, tell } = step;
  const { apiUrl, graphqlUrl, serverUrl } = sandbox.github;
  const result = await runStep(step.action, step.inputs, {
    signal,
    cwd: place.workspace ?? folder,
    context: {
      token: place.token,
      event: place.event ?? {},
      env: { TMPDIR: folder },
      github: {
        API_URL: apiUrl,
        GRAPHQL_URL: graphqlUrl,
        SERVER_URL: serverUrl,
        REPOSITORY: place.repository,
        EVENT_NAME: place.eventName,
        SHA: place.sha,
        REF: place.ref,
        ACTOR: 'octocat',
        RUN_ID: '1',
        WORKFLOW: 'delivery',
        WORKSPACE: place.workspace ?? folder,
      },
    },
  });
  const { outputs, exitCode, seconds } = result;
  tell(
    `${step.action}: exit code ${exitCode}, ${outputs['reason-code']}, ${outputs['requests']} requests, ${seconds.toFixed(2)} s`,
  );
  if (exitCode === 0) return result;
  for (const { level, message, properties } of result.annotations.slice(0, 5)) {
    const place = [properties['title'], properties['file'], properties['line']].filter(Boolean).join(':');
    tell(`${level}: ${place === '' ? '' : `${place}: `}${message}`);
  }
  throw new StepFailed(step.action, result);
}

/** Calls GitHub's REST API as a person would with their own token; throws when it refuses. */
export async function callGitHub<T>(delivery: Delivery, route: string, body?: object): Promise<T> {
  const [method = 'GET', path = ''] = route.split(' ');
  const response = await fetch(`${delivery.sandbox.github.apiUrl}${path}`, {
    method,
    headers: { authorization: `token ${delivery.sandbox.github.tokens.admin}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${route}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** Runs git in `folder` and gives what it printed. */
export async function git(folder: string, ...argv: string[]): Promise<string> {
  const environment = {
    ...process.env,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
  };
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'commit.gpgsign=false'];
  const { stdout } = await promisify(execFile)('git', [...identity, ...argv], { cwd: folder, env: environment });
  return stdout.trim();
}
