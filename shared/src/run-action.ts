import { appendFileSync } from 'node:fs';
import * as core from '@actions/core';
import { type ReasonTable, sharedReasons, textOfError, UserError } from './errors.ts';
import { type InputSpec, type InputsOf, kebabCase, readInputs, secretValues } from './inputs.ts';
import { RequestMeter } from './request-meter.ts';
import type { Annotation, Runner } from './runner/runner.ts';
import { connectRunner } from './runner/toolkit-runner.ts';
import { forLog, forLogLines, forMarkdown } from './untrusted.ts';

/** A value an output can have: objects are written as JSON, undefined as an empty string. */
export type OutputValue = string | number | boolean | undefined | readonly unknown[] | object;

/** All that a run has to tell; `runAction` writes it, so a test compares one object. */
export interface Report<OutputName extends string = string> {
  readonly outputs: Readonly<Record<OutputName, OutputValue>>;
  readonly reasonCode: string;
  /** What happened, in one line of plain text for the log. */
  readonly headline: string;
  /** The job summary, in Markdown. */
  readonly summary: string;
  readonly annotations?: readonly Annotation[];
  /** Set when the step must fail although the action did its work (failed tests, a failed rollout). */
  readonly failure?: string;
}

/** An action as its composition root puts it together. */
export interface ActionDefinition<Spec extends InputSpec, OutputName extends string> {
  readonly name: string;
  readonly inputs: Spec;
  readonly outputs: readonly OutputName[];
  readonly reasons: ReasonTable;
  /** Connects the adapters and runs; nothing is read or written before all inputs are known to be good. */
  readonly run: (inputs: InputsOf<Spec>, surroundings: Surroundings) => Promise<Report<OutputName>>;
}

/** What every action is given besides its inputs. */
export interface Surroundings {
  readonly runner: Runner;
  /** Counts the HTTP requests of all adapters for the output `requests`. */
  readonly meter: RequestMeter;
}

type SummaryPolicy = 'always' | 'on-failure' | 'never';

/** What is written when an action has ended, well or not. */
interface Ending {
  readonly outputs: Readonly<Record<string, OutputValue>>;
  readonly reasonCode: string;
  readonly headline?: string;
  /** Empty for none. */
  readonly summary: string;
  readonly annotations?: readonly Annotation[];
  /** What failed, in the words of the log. */
  readonly failure?: string;
}

/**
 * Runs an action once: reads the inputs, runs, writes outputs, job summary and annotations, sets the exit code.
 * The only place that catches what an action throws.
 */
export async function runAction<Spec extends InputSpec, OutputName extends string>(
  action: ActionDefinition<Spec, OutputName>,
): Promise<void> {
  const runner = connectRunner();
  const meter = new RequestMeter();
  for (const value of secretValues(action.inputs, process.env)) runner.addSecret(value);
  let policy: SummaryPolicy = 'always';
  try {
    const inputs = readInputs(action.inputs, process.env);
    policy = summaryPolicy(inputs);
    const report = await action.run(inputs, { runner, meter });
    tell(endingOfReport(action, report, policy), { runner, meter });
  } catch (error) {
    for (const line of stackLines(error)) runner.debug(line);
    tell(endingOfError(action.name, error, policy), { runner, meter });
  }
}

function endingOfReport<OutputName extends string>(
  { name, outputs }: { name: string; outputs: readonly OutputName[] },
  report: Report<OutputName>,
  policy: SummaryPolicy,
): Ending {
  const { reasonCode, headline, summary, annotations = [], failure } = report;
  const shown = policy === 'always' || (policy === 'on-failure' && failure !== undefined);
  return {
    outputs: Object.fromEntries(outputs.map((output) => [kebabCase(output), report.outputs[output]])),
    reasonCode,
    headline: `${name}: ${headline}`,
    summary: shown ? summary : '',
    annotations,
    ...(failure === undefined ? {} : { failure: `${failure} (reason-code: ${reasonCode})` }),
  };
}

function endingOfError(name: string, error: unknown, policy: SummaryPolicy): Ending {
  const known = error instanceof UserError;
  const reasonCode = known ? error.reasonCode : 'internal-error';
  const message = known ? error.message : `${name} has a bug: ${textOfError(error)}`;
  const remedy = known ? error.remedy : sharedReasons['internal-error'].remedy;
  const shown = message.split('\n').map(forMarkdown).join('<br>');
  const summary = `### ❌ ${name}: ${reasonCode}\n\n${shown}\n\n**To do:** ${forMarkdown(remedy)}\n`;
  return {
    outputs: {},
    reasonCode,
    summary: policy === 'never' ? '' : summary,
    failure: failureText({ message, remedy, reasonCode }),
  };
}

function failureText({ message, remedy, reasonCode }: { message: string; remedy: string; reasonCode: string }): string {
  return `${message}\nTo do: ${remedy} (reason-code: ${reasonCode})`;
}

// One file of the runner that cannot be written keeps nothing out of the others.
function tell(ending: Ending, { runner, meter }: Surroundings): void {
  const requests = meter.count === 1 ? '1 request' : `${meter.count} requests`;
  if (ending.headline !== undefined) runner.log(forLog(`${ending.headline} (${requests})`));
  const failures = ending.failure === undefined ? [] : [ending.failure];
  failures.push(...failuresOf('The job summary', () => writeSummary(ending.summary)));
  const reasonCode = ending.failure === undefined && failures.length > 0 ? 'runner-file' : ending.reasonCode;
  const outputs = { ...ending.outputs, 'reason-code': reasonCode, requests: meter.count };
  const writeOutputs = () => {
    for (const [name, value] of Object.entries(outputs)) core.setOutput(name, outputText(value));
  };
  failures.push(...failuresOf('The outputs', writeOutputs));
  for (const annotation of ending.annotations ?? []) runner.annotate(annotation);
  for (const failure of failures) core.setFailed(forLogLines(failure));
}

function failuresOf(what: string, write: () => void): string[] {
  try {
    write();
    return [];
  } catch (error) {
    const { remedy } = sharedReasons['runner-file'];
    return [
      failureText({ message: `${what} cannot be written: ${textOfError(error)}.`, remedy, reasonCode: 'runner-file' }),
    ];
  }
}

// The toolkit's summary truncates nothing and throws where the runner gave no file; a missing file is no reason to fail.
function writeSummary(markdown: string): void {
  const path = process.env['GITHUB_STEP_SUMMARY'];
  if (markdown !== '' && path !== undefined && path !== '') appendFileSync(path, `${markdown.trimEnd()}\n`);
}

function outputText(value: OutputValue): string {
  if (value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function summaryPolicy(inputs: Readonly<Record<string, unknown>>): SummaryPolicy {
  const value = inputs['summary'];
  return value === 'on-failure' || value === 'never' ? value : 'always';
}

function stackLines(error: unknown): string[] {
  const lines: string[] = [];
  for (let current = error; current instanceof Error; current = current.cause) {
    lines.push(...forLogLines(current.stack ?? current.message).split('\n'));
  }
  return lines;
}
