import { escapeText } from '../../figures/svg-text.ts';
import type { SmartIssuers } from './smart-issuers.ts';

/** Where users can launch again. */
export interface LaunchPlace {
  readonly issuers: SmartIssuers;
  /** Address under which browsers see the service, without a slash at the end. */
  readonly publicUrl: () => string;
}

interface Page {
  readonly title: string;
  readonly text: string;
  /** HTML. */
  readonly more?: string;
}

/** What a browser shows when a launch is refused. @param code Of the failure, for whoever is asked about it. */
export function refusalPage(code: string, text: string, place: LaunchPlace): string {
  const more = `<p class="code">Code ${escapeText(code)}</p>${again(place)}`;
  return page({ title: 'Deltascope could not be opened', text: sentence(text), more });
}

/** What a page of a patient shows to whoever has no session, or none any more. */
export function noSessionPage(place: LaunchPlace): string {
  const text =
    'Your session has ended, or none was begun in this browser. Nothing about a patient is shown without one. ' +
    'Open the chart in the EHR and launch Deltascope from there.';
  return page({ title: 'No session', text, more: again(place) });
}

/** What a page of a patient shows to a session about somebody else. */
export function otherPatientPage(): string {
  const text =
    'The session in this browser is about another patient. Open the chart of this one in the EHR and launch Deltascope ' +
    'from there: the other session ends then.';
  return page({ title: 'Session of another patient', text });
}

/** Lets users who begin here choose their EHR. */
export function choicePage(place: LaunchPlace): string {
  return page({ title: 'Where is the patient?', text: 'Choose the record to log in to.', more: again(place) });
}

/** Asks before a session is ended: a link alone must not end one. */
export function logOutPage({ publicUrl }: LaunchPlace): string {
  const more = `<form method="post" action="${escapeText(publicUrl())}/logout"><button>Log out</button></form>`;
  return page({ title: 'Log out of Deltascope?', text: 'The session in the EHR goes on.', more });
}

/** After that. */
export function loggedOutPage(place: LaunchPlace): string {
  const text = 'You are logged out of Deltascope. The session in the EHR goes on.';
  return page({ title: 'Logged out', text, more: again(place) });
}

/** Links to the EHRs at which a user may begin without a chart. */
function again({ issuers, publicUrl }: LaunchPlace): string {
  return issuers.all
    .filter(({ standalone }) => standalone)
    .map(({ iss, name }) => {
      const address = `${publicUrl()}/launch?${new URLSearchParams({ iss })}`;
      return `<p><a href="${escapeText(address)}">Launch again at ${escapeText(name)}</a></p>`;
    })
    .join('\n');
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

function page({ title, text, more = '' }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(title)}</title>
<style>
body { background: #fff; color: #1a1f2b; font: 1rem/1.5 system-ui, sans-serif; display: grid; place-items: center; min-height: 90vh; margin: 0; }
main { max-width: 36rem; padding: 0 1.5rem; }
h1 { font-size: 1.25rem; }
.code { color: #4b5563; font-size: .875rem; }
button { font: inherit; padding: .4rem 1rem; }
</style>
</head>
<body><main><h1>${escapeText(title)}</h1><p role="status">${escapeText(text)}</p>${more}</main></body>
</html>
`;
}
