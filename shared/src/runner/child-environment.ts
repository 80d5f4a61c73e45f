// What the runner gives to an action and not to a `run:` step.
const OF_ACTIONS_ONLY = /^(?:INPUT_|STATE_|ACTIONS_RUNTIME_|ACTIONS_ID_TOKEN_|ACTIONS_CACHE_URL$|ACTIONS_RESULTS_URL$)/;

/**
 * The environment for a project's own program that an action starts: what a `run:` step would see,
 * without the action's inputs (tokens among them) and the runner's tokens.
 */
export function environmentOfRunStep(environment: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const kept = Object.entries(environment).filter((entry): entry is [string, string] => {
    return entry[1] !== undefined && !OF_ACTIONS_ONLY.test(entry[0]);
  });
  return Object.fromEntries(kept);
}
