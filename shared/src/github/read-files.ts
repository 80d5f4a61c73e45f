import { coordinates, type GitHubClient } from './client.ts';
import { blobSha } from './trees.ts';

/** A commit that a branch points to. */
export interface BranchHead {
  readonly commit: string;
  readonly tree: string;
  readonly message: string;
  readonly parents: readonly string[];
  /** Whether its signature is valid. */
  readonly verified: boolean;
}

/** An entry of one folder. */
export interface FolderEntry {
  readonly name: string;
  /** Git's mode, `100644`, `40000` for a folder. */
  readonly mode: string;
  readonly sha: string;
}

/** A blob's text as GraphQL gives it; undefined where it is binary, cut off, or not valid UTF-8 (told by its hash). */
export interface BlobText {
  readonly sha: string;
  readonly text: string | undefined;
  readonly isBinary: boolean;
}

/** What one GraphQL request told about a branch. */
export interface BranchFiles {
  readonly base: BranchHead | undefined;
  /** The second branch that was asked for; undefined when it does not exist. */
  readonly head: BranchHead | undefined;
  /** By folder path; `''` is the root. Folders that do not exist are missing. */
  readonly folders: ReadonlyMap<string, readonly FolderEntry[]>;
  /** By file path; files that do not exist are missing. */
  readonly blobs: ReadonlyMap<string, BlobText>;
}

interface CommitAnswer {
  readonly oid: string;
  readonly message: string;
  readonly tree: { readonly oid: string };
  readonly parents: { readonly nodes: readonly { readonly oid: string }[] };
  readonly signature: { readonly isValid: boolean } | null;
}

interface ObjectAnswer {
  readonly oid: string;
  readonly text?: string | null;
  readonly isBinary?: boolean | null;
  readonly entries?: readonly { readonly name: string; readonly mode: number; readonly oid: string }[];
}

type RepositoryAnswer = Readonly<Record<string, ObjectAnswer | { readonly target: CommitAnswer } | null>>;

const COMMIT = '... on Commit { oid message tree { oid } parents(first: 2) { nodes { oid } } signature { isValid } }';
const FOLDER = '... on Tree { oid entries { name mode oid } }';
const BLOB = '... on Blob { oid text isBinary }';

/** Reads heads, folders and files of a branch in one request. https://docs.github.com/en/graphql/reference/objects#repository */
export async function readBranchFiles(
  github: GitHubClient,
  repository: string,
  wanted: { base: string; head?: string; folders?: readonly string[]; files?: readonly string[] },
): Promise<BranchFiles> {
  const { folders = [], files = [] } = wanted;
  const variables: Record<string, string> = { ...ownerAndName(repository), base: `refs/heads/${wanted.base}` };
  if (wanted.head !== undefined) variables['head'] = `refs/heads/${wanted.head}`;
  for (const [index, path] of folders.entries()) variables[`d${index}`] = `refs/heads/${wanted.base}:${path}`;
  for (const [index, path] of files.entries()) variables[`f${index}`] = `refs/heads/${wanted.base}:${path}`;
  const fields = [
    `base: ref(qualifiedName: $base) { target { ${COMMIT} } }`,
    ...(wanted.head === undefined ? [] : [`head: ref(qualifiedName: $head) { target { ${COMMIT} } }`]),
    ...folders.map((_, index) => `d${index}: object(expression: $d${index}) { ${FOLDER} }`),
    ...files.map((_, index) => `f${index}: object(expression: $f${index}) { ${BLOB} }`),
  ];
  const answer = await ask(github, variables, fields);
  return {
    base: headOf(answer['base']),
    head: headOf(answer['head']),
    folders: new Map(folders.flatMap((path, index) => entriesOf(path, answer[`d${index}`]))),
    blobs: new Map(files.flatMap((path, index) => textsOf(path, answer[`f${index}`]))),
  };
}

/** How many blobs one request asks for. */
export const BLOBS_PER_REQUEST = 500;

/** Reads blobs by their shas, five hundred a request. */
export async function readBlobs(
  github: GitHubClient,
  repository: string,
  shas: readonly string[],
): Promise<ReadonlyMap<string, BlobText>> {
  const blobs = new Map<string, BlobText>();
  for (let start = 0; start < shas.length; start += BLOBS_PER_REQUEST) {
    const some = shas.slice(start, start + BLOBS_PER_REQUEST);
    const variables: Record<string, string> = ownerAndName(repository);
    for (const [index, sha] of some.entries()) variables[`o${index}`] = sha;
    const fields = some.map((_, index) => `b${index}: object(oid: $o${index}) { ${BLOB} }`);
    const answer = await ask(github, variables, fields);
    for (const [index, sha] of some.entries()) {
      for (const [, blob] of textsOf(sha, answer[`b${index}`])) blobs.set(sha, blob);
    }
  }
  return blobs;
}

/** The bytes of a blob, whatever they are. https://docs.github.com/en/rest/git/blobs#get-a-blob */
export async function readBlobBytes(github: GitHubClient, repository: string, sha: string): Promise<Buffer> {
  const { data } = await github.request('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', {
    ...coordinates(repository),
    file_sha: sha,
  });
  return Buffer.from(data.content, data.encoding === 'base64' ? 'base64' : 'utf8');
}

async function ask(
  github: GitHubClient,
  variables: Readonly<Record<string, string>>,
  fields: readonly string[],
): Promise<RepositoryAnswer> {
  const types = Object.keys(variables).map((name) => `$${name}: ${/^o\d+$/.test(name) ? 'GitObjectID' : 'String'}!`);
  const query = `query(${types.join(', ')}) { repository(owner: $owner, name: $name) { ${fields.join('\n')} } }`;
  const { repository } = await github.graphql<{ repository: RepositoryAnswer }>(query, variables);
  return repository;
}

function ownerAndName(repository: string): Record<string, string> {
  const { owner, repo } = coordinates(repository);
  // Octokit would take a variable called `name` for its own only in REST.
  return { owner, name: repo };
}

function headOf(ref: RepositoryAnswer[string] | undefined): BranchHead | undefined {
  if (ref === null || ref === undefined || !('target' in ref)) return undefined;
  const { oid: commit, tree, message, parents, signature } = ref.target;
  const verified = signature?.isValid ?? false;
  return { commit, tree: tree.oid, message, parents: parents.nodes.map(({ oid }) => oid), verified };
}

function entriesOf(path: string, object: RepositoryAnswer[string] | undefined): [string, readonly FolderEntry[]][] {
  if (object === null || object === undefined || 'target' in object || object.entries === undefined) return [];
  return [[path, object.entries.map(({ name, mode, oid }) => ({ name, mode: mode.toString(8), sha: oid }))]];
}

function textsOf(path: string, object: RepositoryAnswer[string] | undefined): [string, BlobText][] {
  if (object === null || object === undefined || 'target' in object || object.text === undefined) return [];
  // GraphQL replaces invalid bytes and cuts long files; the hash tells whether this is the file.
  const { oid, text, isBinary } = object;
  const whole = text !== null && blobSha(Buffer.from(text)) === oid;
  return [[path, { sha: oid, text: whole ? text : undefined, isBinary: isBinary === true }]];
}
