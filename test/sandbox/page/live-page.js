// Follows the sandbox: asks for the page again, and exchanges the sections that have changed.
const status = document.getElementById('live');
const pollMs = 500;
let etag = '';

async function follow() {
  try {
    const answer = await fetch('/', { headers: etag === '' ? {} : { 'if-none-match': etag }, cache: 'no-store' });
    if (answer.status === 200) {
      etag = answer.headers.get('etag') ?? '';
      exchange(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    }
    tell('Live: follows what happens.');
  } catch {
    tell('The sandbox does not answer; what you see is its last state.');
  }
  setTimeout(follow, pollMs);
}

function exchange(next) {
  for (const part of ['nav', 'main']) {
    const [now, then] = [document.querySelector(part), next.querySelector(part)];
    const before = new Map([...now.children].map((child) => [child.id, child]));
    const children = [...then.children].map((child) => {
      const known = before.get(child.id);
      if (known === undefined) return child;
      // What the reader has opened stays open.
      for (const open of known.querySelectorAll('details[open]')) {
        child.querySelector(`#${CSS.escape(open.id)}`)?.setAttribute('open', '');
      }
      return known.outerHTML === child.outerHTML ? known : child;
    });
    if (children.some((child, at) => child !== now.children[at]) || children.length !== now.children.length) {
      now.replaceChildren(...children);
    }
  }
}

// A screen reader says each change, so nothing is written that is there already.
function tell(text) {
  if (status.textContent !== text) status.textContent = text;
}

void follow();
