import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { AnalysisState, AssessmentHistory, PanelView } from '../../../src/http/api/panel-types.ts';
import { listenOnLoopback } from '../../helpers/loopback.ts';

/** A service that answers what a test wants, and a page with nothing but the panel. */
export interface PanelServer {
  readonly url: string;
  /** What the panel API answers; a number is a status without a body, an object with `code` a refusal. */
  view: PanelView | number | { readonly status: number; readonly code: string; readonly diagnostics: string };
  history: AssessmentHistory;
  /** What `fresh=1` answers, where that is something else. */
  fresh: PanelServer['view'] | null;
  /** Requests as "GET /api/panel", with what they brought. */
  readonly requests: { readonly line: string; readonly authorization: string | undefined; readonly body: string }[];
  /** Sends a state to whoever listens to the analysis, and keeps it for who comes later. */
  tell(analysis: AnalysisState): void;
  /** Breaks the connections of those who listen. */
  hangUp(): void;
  close(): Promise<void>;
}

const pageHtml = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Panel</title><link rel="icon" href="data:,">
<style>html,body{margin:0;height:100%;background:#000}#panel{height:100%}</style></head>
<body><header><h1 style="position:absolute;clip-path:inset(50%)">Panel</h1></header><main id="panel"></main><script type="module" src="/panel.js"></script></body></html>`;

/** Starts the server on a free port of loopback; the panel is bundled as for the viewer. */
export async function startPanelServer(): Promise<PanelServer> {
  const script = await bundlePage();
  const listeners = new Set<ServerResponse>();
  let told: AnalysisState | null = null;
  const server = createServer((request, response) => void answer(request, response));
  const { url, close } = await listenOnLoopback(server);
  const panelServer: PanelServer = {
    url,
    view: 404,
    fresh: null,
    history: { assessments: [] },
    requests: [],
    tell(analysis) {
      told = analysis;
      for (const listener of listeners) send(listener, analysis);
    },
    hangUp() {
      for (const listener of listeners) listener.destroy();
      listeners.clear();
    },
    close,
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', panelServer.url);
    if (pathname === '/') return void response.setHeader('Content-Type', 'text/html').end(pageHtml);
    if (pathname === '/panel.js') return void response.setHeader('Content-Type', 'text/javascript').end(script);
    const body = (await request.toArray()).join('');
    panelServer.requests.push({
      line: `${request.method} ${pathname}`,
      authorization: request.headers.authorization,
      body,
    });
    if (pathname === '/api/panel') {
      const fresh = searchParams.get('fresh') === '1' ? panelServer.fresh : null;
      return json(response, fresh ?? panelServer.view);
    }
    if (pathname.endsWith('/assessments')) return json(response, panelServer.history);
    if (pathname.endsWith('/analysis/events')) return stream(response);
    if (pathname.endsWith('/analysis') && request.method === 'POST') {
      told = pending;
      return json(response, { ...pending, state: 'pending' }, 202);
    }
    if (pathname.endsWith('.svg')) return void response.setHeader('Content-Type', 'image/svg+xml').end(figureSvg);
    if (pathname.endsWith('/card')) return void response.setHeader('Content-Type', 'text/markdown').end(cardText);
    return json(response, 404);
  }

  function stream(response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(': beat\n\n');
    listeners.add(response);
    response.on('close', () => listeners.delete(response));
    if (told !== null) send(response, told);
  }
  return panelServer;
}

/** An analysis that waits. */
export const pending: AnalysisState = {
  state: 'pending',
  share: null,
  code: null,
  message: null,
  updatedAt: '2026-11-21T10:00:00Z',
};

const figureSvg =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 200"><title>Nomogram</title><desc>N stage 80 points</desc><rect width="720" height="200" fill="#14181d"/><text x="20" y="100" fill="#fff">Nomogram</text></svg>';
const cardText =
  '# Card\n\nA [paper](https://doi.org/10.1/x).\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<script>document.title = "run"</script><img src=x onerror="document.title=\'run\'">\n';

function send(response: ServerResponse, analysis: AnalysisState): void {
  response.write(`event: analysis\r\ndata: ${JSON.stringify(analysis)}\r\n\r\n`);
  if (analysis.state !== 'pending' && analysis.state !== 'running') response.end();
}

function json(response: ServerResponse, answer: object | number, status = 200): void {
  if (typeof answer === 'number') return void response.writeHead(answer).end();
  response.setHeader('Content-Type', 'application/json');
  if ('diagnostics' in answer && 'code' in answer && 'status' in answer) {
    const { code, diagnostics } = answer;
    const outcome = {
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', details: { text: code }, diagnostics }],
    };
    return void response.writeHead(Number(answer.status)).end(JSON.stringify(outcome));
  }
  response.writeHead(status).end(JSON.stringify(answer));
}

async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('../../../ohif-extension/test/panel-page.tsx', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    loader: { '.css': 'text' },
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error('esbuild made nothing');
  return output.text;
}
