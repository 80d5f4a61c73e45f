import { type Html, html, type Part } from './html.ts';
import type {
  DeploymentOverview,
  Overview,
  PullOverview,
  RepositoryOverview,
  WorkloadOverview,
} from './read-overview.ts';

/** The whole page; it needs no script to be read, and one to follow what happens. */
export function renderPage(overview: Overview): string {
  const { addresses, repositories, workloads, requests } = overview;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Trunkline sandbox</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/_sandbox/page.css">
<script type="module" src="/_sandbox/live-page.js"></script>
</head>
<body>
<header>
<h1>Trunkline sandbox</h1>
<p id="live" role="status">Reload to see what is new.</p>
<nav aria-label="Sections"><ul>
${repositories.map(({ fullName }) => html`<li><a href="#${fullName}">${fullName}</a></li>`)}
<li><a href="#cluster">Cluster</a></li><li><a href="#requests">Requests</a></li><li><a href="#addresses">Addresses</a></li>
</ul></nav>
</header>
<main>
${repositories.map(renderRepository)}
${section('cluster', 'Cluster', workloadTable(workloads))}
${section('requests', 'Requests', requestTable(requests))}
${section('addresses', 'Addresses', html`<dl>${Object.entries(addresses).map(([name, url]) => html`<dt>${name}</dt><dd><code>${url}</code></dd>`)}</dl>`)}
</main>
</body>
</html>
`;
  return page.text;
}

// The page's script exchanges sections by their id.
function section(id: string, title: string, content: Part): Html {
  return html`<section id="${id}" aria-label="${title}"><h2>${title}</h2>${content}</section>`;
}

function renderRepository({
  fullName,
  visibility,
  defaultBranch,
  tags,
  tagCount,
  pulls,
  deployments,
}: RepositoryOverview) {
  const more = tagCount > tags.length ? `, the highest ${tags.length} of ${tagCount}` : '';
  const content = html`<p>${visibility}, default branch <code>${defaultBranch}</code></p>
${pullTable(fullName, pulls)}
${deploymentTable(fullName, deployments)}
${table(
  `Tags${more}`,
  ['Name', 'Object', 'Release'],
  tags.map(({ name, sha, release }) => [foreign(name), short(sha), release]),
)}`;
  return section(fullName, fullName, content);
}

function pullTable(fullName: string, pulls: readonly PullOverview[]): Html {
  const headers = ['Number', 'Title', 'State', 'Branches', 'Labels', 'Author'];
  const rows = pulls.map((pull) => [
    html`<a href="/api/v3/repos/${fullName}/pulls/${pull.number}">#${pull.number}</a>`,
    pull.body === ''
      ? foreign(pull.title)
      : html`<details id="${fullName}#${pull.number}"><summary>${foreign(pull.title)}</summary><pre dir="auto">${pull.body}</pre></details>`,
    badge(pull.state),
    html`${foreign(pull.headRef)} → ${foreign(pull.baseRef)}`,
    pull.labels.map((label) => html`<span class="label">${foreign(label)}</span> `),
    foreign(pull.author),
  ]);
  return table('Pull requests', headers, rows);
}

function deploymentTable(fullName: string, deployments: readonly DeploymentOverview[]): Html {
  const headers = ['Id', 'Environment', 'State', 'Ref', 'Commit', 'Creator', 'Created'];
  const rows = deployments.map(({ id, environment, state, ref, sha, creator, createdAt }) => [
    html`<a href="/api/v3/repos/${fullName}/deployments/${id}/statuses">${id}</a>`,
    ...[foreign(environment), badge(state), foreign(ref), short(sha), foreign(creator), time(createdAt)],
  ]);
  return table('Deployments', headers, rows);
}

function workloadTable(workloads: readonly WorkloadOverview[]): Html {
  const headers = ['Namespace', 'Kind', 'Name', 'Ready', 'Status', 'Images'];
  const rows = workloads.map(({ namespace, kind, name, ready, status, images }) =>
    [namespace, kind, name, ready, status, images].map(foreign),
  );
  return table('Workloads', headers, rows);
}

function requestTable(requests: Overview['requests']): Html {
  const headers = ['Time', 'Server', 'Request', 'Status', 'Actor'];
  const rows = requests.map(({ at, server, method, path, status, write, actor }) => [
    ...[time(at), server],
    html`<span class="${write ? 'write' : 'read'}">${method}</span> <code>${foreign(path)}</code>`,
    status === 0 ? badge('cut') : html`<span class="status-${Math.floor(status / 100)}">${status}</span>`,
    foreign(actor),
  ]);
  return table('The last 100 requests, newest first; writes are bold', headers, rows);
}

function table(caption: string, headers: readonly string[], rows: readonly (readonly Part[])[]): Html {
  if (rows.length === 0) return html`<h3>${caption}</h3><p class="none">None yet.</p>`;
  const head = headers.map((name) => html`<th scope="col">${name}</th>`);
  const body = rows.map((cells) => html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>\n`);
  return html`<div class="table" role="region" aria-label="${caption}" tabindex="0"><table><caption>${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody></table></div>`;
}

// Isolated, so that its direction does not turn the text around it.
function foreign(text: string): Html {
  return html`<bdi>${text}</bdi>`;
}

function badge(state: string): Html {
  return html`<span class="badge ${state.replace(/\W/g, '-')}">${state}</span>`;
}

function short(sha: string): Html {
  return html`<code title="${sha}">${sha.slice(0, 7)}</code>`;
}

function time(iso: string): Html {
  return html`<time datetime="${iso}" title="${iso}">${iso.slice(11, 19)}</time>`;
}
