import type { ViewerState } from './viewer.ts';
import { viewerPackage } from './viewer-package.ts';

/** What a browser shows while there is no viewer: it looks again by itself as long as that makes sense. */
export function waitingPage(state: ViewerState): string {
  const waiting = state.kind === 'fetching';
  const text = waiting
    ? `The viewer (OHIF ${viewerPackage.version}, ${viewerPackage.megabytes} MB) is being fetched. This page opens it when it is there.`
    : 'The viewer could not be fetched. Everything else works; start Deltascope again when the package registry can be reached.';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Deltascope viewer</title>
${waiting ? '<meta http-equiv="refresh" content="3">' : ''}
<style>
body { background: #090c29; color: #e8ebf0; font: 1rem/1.5 system-ui, sans-serif; display: grid; place-items: center; min-height: 90vh; }
p { max-width: 34rem; padding: 0 1.5rem; }
</style>
</head>
<body><main role="status"><p>${text}</p></main></body>
</html>
`;
}
