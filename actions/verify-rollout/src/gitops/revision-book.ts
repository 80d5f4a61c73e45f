import { coordinates, type GitHubClient } from '#shared/github/client.ts';
import { type Application, type Kustomization, revisionsIn } from '../cluster/kube-objects.ts';
import type { ObservedState } from '../cluster/observed-state.ts';
import type { Relation } from '../expectation.ts';
import { commitOf } from './plan-flux.ts';

/** Knows how the commits that a GitOps controller reports stand to the expected one, by GitHub's compare API. */
export class RevisionBook {
  readonly #expected: string;
  readonly #compare: (commit: string) => Promise<Relation>;
  readonly #known = new Map<string, Relation>();
  readonly #asked = new Set<string>();

  constructor(expected: string, compare: (commit: string) => Promise<Relation>) {
    this.#expected = expected;
    this.#compare = compare;
  }

  /** The relation as far as it is known; `unknown` is no evidence for anything. */
  relationOf(commit: string): Relation {
    return commit === this.#expected ? 'same' : (this.#known.get(commit) ?? 'unknown');
  }

  /** Looks up the commits that are new in `observed`, each once; true when something became known. */
  async lookUp(observed: ObservedState): Promise<boolean> {
    const unknown = [...commitsIn(observed)].filter((commit) => commit !== this.#expected && !this.#asked.has(commit));
    await Promise.all(
      unknown.map(async (commit) => {
        this.#asked.add(commit);
        this.#known.set(commit, await this.#compare(commit));
      }),
    );
    return unknown.length > 0;
  }
}

/** Asks GitHub whether a commit contains the expected one; an answer that fails is `unknown`, and told once. */
export function compareByGitHub(
  github: GitHubClient,
  { repository, expected, onTrouble }: { repository: string; expected: string; onTrouble: (error: unknown) => void },
): (commit: string) => Promise<Relation> {
  return async (commit) => {
    try {
      const answer = await github.request('GET /repos/{owner}/{repo}/compare/{basehead}', {
        ...coordinates(repository),
        basehead: `${expected}...${commit}`,
        per_page: 1,
      });
      const { status } = answer.data;
      return status === 'ahead' ? 'newer' : status === 'identical' ? 'same' : 'older';
    } catch (error) {
      onTrouble(error);
      return 'unknown';
    }
  };
}

function commitsIn(observed: ObservedState): Set<string> {
  const revisions = [
    ...observed
      .all<Kustomization>('kustomizations')
      .flatMap(({ object }) => [object.status?.lastAppliedRevision, object.status?.lastAttemptedRevision]),
    ...observed.all<Application>('applications').flatMap(({ object }) => {
      const { sync, operationState: operation } = object.status ?? {};
      return [sync, operation?.syncResult, operation?.operation?.sync].flatMap(revisionsIn);
    }),
  ];
  return new Set(revisions.map((revision) => commitOf(revision)).filter((commit) => /^[0-9a-f]{40,64}$/.test(commit)));
}
