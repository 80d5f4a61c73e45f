/** The part of GitHub's GraphQL schema that the sandbox serves, in GitHub's own names; a test compares it with the published one. */
export const SCHEMA = `
scalar DateTime
scalar GitObjectID
scalar GitTimestamp
scalar URI
scalar Base64String

interface Node { id: ID! }
interface Actor { login: String! url: URI! }

type User implements Node & Actor { id: ID! login: String! url: URI! databaseId: Int name: String }
type Bot implements Node & Actor { id: ID! login: String! url: URI! databaseId: Int }
type PageInfo { endCursor: String hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String }
type RateLimit { cost: Int! limit: Int! nodeCount: Int! remaining: Int! resetAt: DateTime! used: Int! }

type Repository implements Node {
  id: ID! databaseId: Int name: String! nameWithOwner: String! url: URI! isPrivate: Boolean!
  autoMergeAllowed: Boolean! mergeCommitAllowed: Boolean! squashMergeAllowed: Boolean! rebaseMergeAllowed: Boolean!
  deleteBranchOnMerge: Boolean! viewerPermission: RepositoryPermission
  defaultBranchRef: Ref
  object(expression: String, oid: GitObjectID): GitObject
  ref(qualifiedName: String!): Ref
  refs(after: String, first: Int, last: Int, query: String, refPrefix: String!): RefConnection
  pullRequest(number: Int!): PullRequest
  pullRequests(after: String, baseRefName: String, first: Int, headRefName: String, labels: [String!], last: Int, states: [PullRequestState!]): PullRequestConnection!
}
enum RepositoryPermission { ADMIN MAINTAIN READ TRIAGE WRITE }

interface GitObject { id: ID! oid: GitObjectID! abbreviatedOid: String! }
type Tree implements Node & GitObject { id: ID! oid: GitObjectID! abbreviatedOid: String! entries: [TreeEntry!] }
type TreeEntry { name: String! path: String mode: Int! type: String! oid: GitObjectID! object: GitObject }
type Blob implements Node & GitObject { id: ID! oid: GitObjectID! abbreviatedOid: String! byteSize: Int! isBinary: Boolean text: String }
type Tag implements Node & GitObject { id: ID! oid: GitObjectID! abbreviatedOid: String! name: String! message: String target: GitObject! tagger: GitActor }
type GitActor { name: String email: String date: GitTimestamp user: User }
type GitActorConnection { nodes: [GitActor] totalCount: Int! }
type Commit implements Node & GitObject {
  id: ID! oid: GitObjectID! abbreviatedOid: String! url: URI!
  message: String! messageHeadline: String! messageBody: String!
  authoredDate: DateTime! committedDate: DateTime!
  author: GitActor committer: GitActor authors(first: Int, after: String): GitActorConnection!
  tree: Tree! parents(first: Int, after: String): CommitConnection!
  associatedPullRequests(first: Int, after: String): PullRequestConnection
  history(after: String, first: Int, path: String): CommitHistoryConnection!
  statusCheckRollup: StatusCheckRollup
}
type StatusCheckRollup implements Node { id: ID! state: StatusState! }
enum StatusState { ERROR EXPECTED FAILURE PENDING SUCCESS }
type CommitConnection { nodes: [Commit] pageInfo: PageInfo! totalCount: Int! }
type CommitHistoryConnection { nodes: [Commit] pageInfo: PageInfo! totalCount: Int! }

type Ref implements Node { id: ID! name: String! prefix: String! target: GitObject }
type RefConnection { nodes: [Ref] pageInfo: PageInfo! totalCount: Int! }
type Label implements Node { id: ID! name: String! color: String! description: String }
type LabelConnection { nodes: [Label] pageInfo: PageInfo! totalCount: Int! }

type PullRequest implements Node {
  id: ID! databaseId: Int number: Int! title: String! body: String! url: URI!
  state: PullRequestState! isDraft: Boolean! merged: Boolean! closed: Boolean! isCrossRepository: Boolean!
  createdAt: DateTime! updatedAt: DateTime! closedAt: DateTime mergedAt: DateTime
  author: Actor mergedBy: Actor mergeCommit: Commit
  headRefName: String! headRefOid: GitObjectID! headRef: Ref headRepository: Repository
  baseRefName: String! baseRefOid: GitObjectID! baseRepository: Repository repository: Repository!
  labels(first: Int, after: String): LabelConnection
  commits(first: Int, last: Int, after: String): PullRequestCommitConnection!
  reviews(first: Int, last: Int, after: String): PullRequestReviewConnection
  mergeable: MergeableState! mergeStateStatus: MergeStateStatus! reviewDecision: PullRequestReviewDecision
  autoMergeRequest: AutoMergeRequest isInMergeQueue: Boolean! changedFiles: Int!
}
type PullRequestConnection { nodes: [PullRequest] pageInfo: PageInfo! totalCount: Int! }
type PullRequestCommit implements Node { id: ID! commit: Commit! }
type PullRequestCommitConnection { nodes: [PullRequestCommit] pageInfo: PageInfo! totalCount: Int! }
type PullRequestReview implements Node { id: ID! author: Actor body: String! state: PullRequestReviewState! submittedAt: DateTime }
type PullRequestReviewConnection { nodes: [PullRequestReview] pageInfo: PageInfo! totalCount: Int! }
type AutoMergeRequest { enabledAt: DateTime enabledBy: Actor mergeMethod: PullRequestMergeMethod! commitHeadline: String commitBody: String }
enum PullRequestState { CLOSED MERGED OPEN }
enum PullRequestReviewState { APPROVED CHANGES_REQUESTED COMMENTED DISMISSED PENDING }
enum PullRequestReviewDecision { APPROVED CHANGES_REQUESTED REVIEW_REQUIRED }
enum MergeableState { CONFLICTING MERGEABLE UNKNOWN }
enum MergeStateStatus { BEHIND BLOCKED CLEAN DIRTY DRAFT HAS_HOOKS UNKNOWN UNSTABLE }
enum PullRequestMergeMethod { MERGE REBASE SQUASH }

type Query {
  repository(followRenames: Boolean = true, name: String!, owner: String!): Repository
  node(id: ID!): Node
  viewer: User!
  rateLimit(dryRun: Boolean = false): RateLimit
}

type Mutation {
  enablePullRequestAutoMerge(input: EnablePullRequestAutoMergeInput!): EnablePullRequestAutoMergePayload
  disablePullRequestAutoMerge(input: DisablePullRequestAutoMergeInput!): DisablePullRequestAutoMergePayload
  mergePullRequest(input: MergePullRequestInput!): MergePullRequestPayload
  enqueuePullRequest(input: EnqueuePullRequestInput!): EnqueuePullRequestPayload
  createCommitOnBranch(input: CreateCommitOnBranchInput!): CreateCommitOnBranchPayload
}
input EnablePullRequestAutoMergeInput { authorEmail: String clientMutationId: String commitBody: String commitHeadline: String expectedHeadOid: GitObjectID mergeMethod: PullRequestMergeMethod = MERGE pullRequestId: ID! }
type EnablePullRequestAutoMergePayload { actor: Actor clientMutationId: String pullRequest: PullRequest }
input DisablePullRequestAutoMergeInput { clientMutationId: String pullRequestId: ID! }
type DisablePullRequestAutoMergePayload { actor: Actor clientMutationId: String pullRequest: PullRequest }
input MergePullRequestInput { authorEmail: String clientMutationId: String commitBody: String commitHeadline: String expectedHeadOid: GitObjectID mergeMethod: PullRequestMergeMethod = MERGE pullRequestId: ID! }
type MergePullRequestPayload { actor: Actor clientMutationId: String pullRequest: PullRequest }
input EnqueuePullRequestInput { clientMutationId: String expectedHeadOid: GitObjectID jump: Boolean pullRequestId: ID! }
type EnqueuePullRequestPayload { clientMutationId: String mergeQueueEntry: MergeQueueEntry }
type MergeQueueEntry implements Node { id: ID! pullRequest: PullRequest }
input CreateCommitOnBranchInput { branch: CommittableBranch! clientMutationId: String expectedHeadOid: GitObjectID! fileChanges: FileChanges message: CommitMessage! }
input CommittableBranch { branchName: String id: ID repositoryNameWithOwner: String }
input FileChanges { additions: [FileAddition!] = [] deletions: [FileDeletion!] = [] }
input FileAddition { contents: Base64String! path: String! }
input FileDeletion { path: String! }
input CommitMessage { body: String headline: String! }
type CreateCommitOnBranchPayload { clientMutationId: String commit: Commit ref: Ref }
`;
