import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as the server saw it. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly host: string;
  readonly authorization: string | null;
  readonly body: string;
}

export type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A server on this machine that keeps what it was asked. It listens to every name of this machine. */
export interface FakeServer {
  readonly port: number;
  readonly seen: Seen[];
  handler: Handler;
  close(): Promise<void>;
}

export async function startServer(): Promise<FakeServer> {
  const seen: Seen[] = [];
  const fake = {
    handler: ((_, response) => send(response, 500, '')) as Handler,
  };
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      seen.push({
        method: request.method ?? '',
        url: request.url ?? '',
        host: (request.headers.host ?? '').replace(/:\d+$/, ''),
        authorization: request.headers.authorization ?? null,
        body,
      });
      fake.handler(request, response, body);
    });
  });
  // Both families: `localhost` may mean either.
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    get handler() {
      return fake.handler;
    },
    set handler(handler: Handler) {
      fake.handler = handler;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export function send(
  response: ServerResponse,
  status: number,
  body: string | Buffer | object,
  headers: Readonly<Record<string, string>> = {},
): void {
  const bytes =
    typeof body === 'string' || Buffer.isBuffer(body) ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'content-length': String(bytes.length), ...headers });
  response.end(bytes);
}

export function sha256(text: string | Buffer): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** An in-toto statement about a digest, in a DSSE envelope, naming a commit as GitHub's builders do. */
export function provenanceEnvelope(subject: string, commit: string, repository: string): object {
  const [algorithm = '', digest = ''] = subject.split(':');
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'artifact', digest: { [algorithm]: digest } }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        externalParameters: { workflow: { repository, ref: 'refs/tags/v1.4.0' } },
        resolvedDependencies: [
          { uri: `git+${repository}@refs/tags/v1.4.0`, digest: { gitCommit: commit } },
          { uri: 'pkg:npm/left-pad@1.0.0', digest: { sha1: 'a'.repeat(40) } },
        ],
      },
    },
  };
  return {
    payloadType: 'application/vnd.in-toto+json',
    payload: Buffer.from(JSON.stringify(statement)).toString('base64'),
    signatures: [{ sig: 'MEUCIQ==' }],
  };
}
