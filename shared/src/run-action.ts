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
    tell(action, await action.run(inputs, { runner, meter }), { runner, meter, policy });
  } catch (error) {
    tellError(action, error, { runner, policy });
  }
  core.setOutput('requests', meter.count);
}

function tell<OutputName extends string>(
  action: { name: string; outputs: readonly OutputName[] },
  report: Report<OutputName>,
  { runner, meter, policy }: Surroundings & { policy: SummaryPolicy },
): void {
  const requests = meter.count === 1 ? '1 request' : `${meter.count} requests`;
  runner.log(forLog(`${action.name}: ${report.headline} (${requests})`));
  for (const name of action.outputs) core.setOutput(kebabCase(name), outputText(report.outputs[name]));
  core.setOutput('reason-code', report.reasonCode);
  for (const annotation of report.annotations ?? []) runner.annotate(annotation);
  const failed = report.failure !== undefined;
  if (policy === 'always' || (policy === 'on-failure' && failed)) writeSummary(report.summary);
  if (failed) core.setFailed(forLogLines(`${report.failure} (reason-code: ${report.reasonCode})`));
}

function tellError(
  action: { name: string; reasons: ReasonTable },
  error: unknown,
  { runner, policy }: { runner: Runner; policy: SummaryPolicy },
): void {
  const known = error instanceof UserError;
  const reasonCode = known ? error.reasonCode : 'internal-error';
  const message = known ? error.message : `${action.name} has a bug: ${textOfError(error)}`;
  const remedy = known ? error.remedy : sharedReasons['internal-error'].remedy;
  core.setOutput('reason-code', reasonCode);
  for (const line of stackLines(error)) runner.debug(line);
  if (policy !== 'never') {
    const shown = message.split('\n').map(forMarkdown).join('<br>');
    writeSummary(`### ❌ ${action.name}: ${reasonCode}\n\n${shown}\n\n**To do:** ${forMarkdown(remedy)}\n`);
  }
  core.setFailed(forLogLines(`${message}\nTo do: ${remedy} (reason-code: ${reasonCode})`));
}

// The toolkit's summary truncates nothing and throws where the runner gave no file; a missing file is no reason to fail.
function writeSummary(markdown: string): void {
  const path = process.env['GITHUB_STEP_SUMMARY'];
  if (path !== undefined && path !== '') appendFileSync(path, `${markdown.trimEnd()}\n`);
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
