import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { createServer as createSocket, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import type { MadeHistory } from './made-history';
import { startPrometheusStandIn } from './prometheus-stand-in';

/** How a Prometheus fails that is asked. */
export type PrometheusFault =
  | 'none'
  /** It does not answer before the question is given up. */
  | 'slow'
  | 'gone'
  /** 500 and a page of HTML. */
  | 'wrong'
  /** 200 and text that is no JSON. */
  | 'garbage'
  /** 200 and no series. */
  | 'empty';

/** A Prometheus that scrapes the service, behind a door that can be told to fail. */
export interface RunningPrometheus {
  /** Of the door. */
  readonly url: string;
  /** What answers behind it: a program of this machine, or the stand-in. */
  readonly kind: 'real' | 'stand-in';
  setFault(fault: PrometheusFault): void;
  close(): Promise<void>;
}

/** What is scraped, how often, and what was before. */
export interface PrometheusOptions {
  readonly target: string;
  readonly scrapeMs: number;
  readonly history: MadeHistory;
}

/** The program Prometheus, where RELEASE_GATE_PROMETHEUS or PATH names one. */
export function prometheusProgram(): string | null {
  const named = process.env.RELEASE_GATE_PROMETHEUS;
  if (named) return named;
  return (
    (process.env.PATH ?? '')
      .split(path.delimiter)
      .map((folder) => path.join(folder, 'prometheus'))
      .find((file) => existsSync(file)) ?? null
  );
}

/** Starts a real Prometheus with a history of its own; it has scraped its target when the promise is kept. */
export async function startRealPrometheus(
  program: string,
  folder: string,
  { target, scrapeMs, history }: PrometheusOptions,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'history.txt'), openMetrics(history, target));
  execFileSync(
    path.join(path.dirname(program), 'promtool'),
    ['tsdb', 'create-blocks-from', 'openmetrics', 'history.txt', 'data'],
    { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  writeFileSync(
    path.join(folder, 'prometheus.yml'),
    [
      'global:',
      `  scrape_interval: ${scrapeMs}ms`,
      `  scrape_timeout: ${scrapeMs}ms`,
      'scrape_configs:',
      '  - job_name: orders',
      `    static_configs: [{ targets: ["${target}"] }]`,
      '',
    ].join('\n'),
  );
  const port = await freePort();
  const child = spawn(
    program,
    [
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=data',
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
      // Its targets are known at once, not after five seconds.
      '--scrape.discovery-reload-interval=100ms',
    ],
    { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries++) {
    const hasScraped = await fetch(`${url}/api/v1/targets`).then(
      async (answer) => answer.ok && (await answer.text()).includes('"health":"up"'),
      () => false,
    );
    if (hasScraped) break;
    if (tries > 400 || child.exitCode !== null) throw new Error('Prometheus did not start');
    await after(50);
  }
  return { url, close: () => ended(child) };
}

/** Starts the stand-in with the same history; it scrapes from now on. */
export async function startStandIn({
  target,
  scrapeMs,
  history,
}: PrometheusOptions): Promise<{ readonly url: string; close(): Promise<void> }> {
  const standIn = await startPrometheusStandIn();
  for (const { name, labels, samples } of history.series) {
    for (const [at, value] of samples) {
      standIn.record(name, { ...labels, job: 'orders', instance: target }, value, new Date(at));
    }
  }
  standIn.add({ job: 'orders', instance: target, expose: `http://${target}/metrics` });
  await standIn.scrape();
  standIn.scrapeEvery(scrapeMs);
  return standIn;
}

/** Puts a door that can fail before an address. */
export async function faultyDoor(
  behind: string,
): Promise<{ readonly url: string; setFault(fault: PrometheusFault): void; close(): Promise<void> }> {
  let fault: PrometheusFault = 'none';
  const server = createServer((asked, answer) => {
    switch (fault) {
      case 'slow':
        asked.resume();
        return;
      case 'gone':
        asked.socket.destroy();
        return;
      case 'wrong':
        asked.resume();
        answer.writeHead(500, { 'content-type': 'text/html' }).end('<html>no</html>');
        return;
      case 'garbage':
        asked.resume();
        answer.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"succ');
        return;
      case 'empty':
        asked.resume();
        answer
          .writeHead(200, { 'content-type': 'application/json' })
          .end('{"status":"success","data":{"resultType":"vector","result":[]}}');
        return;
      case 'none': {
        const call = request(
          `${behind}${asked.url ?? '/'}`,
          { method: asked.method, headers: asked.headers },
          (said) => {
            answer.writeHead(said.statusCode ?? 502, said.headers);
            said.pipe(answer);
          },
        );
        call.on('error', () => answer.destroy());
        asked.pipe(call);
        return;
      }
    }
  });
  await listening(server);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    setFault: (next) => (fault = next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A history in the text format that `promtool` makes blocks of. */
function openMetrics({ series }: MadeHistory, target: string): string {
  const lines: string[] = [];
  let named = '';
  for (const { name, labels, samples } of series) {
    if (name !== named) {
      lines.push(`# TYPE ${name} unknown`);
      named = name;
    }
    const shown = Object.entries({ ...labels, instance: target, job: 'orders' })
      .map(([key, value]) => `${key}="${value}"`)
      .join(',');
    for (const [at, value] of samples) lines.push(`${name}{${shown}} ${value} ${(at / 1000).toFixed(3)}`);
  }
  return `${lines.join('\n')}\n# EOF\n`;
}

async function freePort(): Promise<number> {
  const socket = createSocket();
  await new Promise<void>((resolve) => socket.listen(0, '127.0.0.1', resolve));
  const { port } = socket.address() as AddressInfo;
  await new Promise((resolve) => socket.close(resolve));
  return port;
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
