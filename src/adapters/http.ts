import { bytesInWords } from '../core/text/words';

/** One request. Everything about it is bounded. */
export interface HttpRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Bytes of the answer, after decompression. */
  readonly maxBytes: number;
  /** For the whole request, redirects and body included. */
  readonly timeoutMs: number;
  /** How many are followed; a redirect beyond it is a failure. 0: a redirect is the answer. */
  readonly maxRedirects?: number;
  /** The person's; its being aborted rejects. */
  readonly signal?: AbortSignal | undefined;
  /** A limit that several requests share; its being reached is a failure like a time-out. */
  readonly deadline?: AbortSignal | undefined;
  /** The person wrote this very address with `http://`: it is asked as it is; a redirect to plain http is still refused. */
  readonly isPlainMeant?: boolean;
}

/** What a server answered, or why it did not; `detail` completes "<host> …". */
export type HttpAnswer =
  | {
      readonly ok: true;
      readonly status: number;
      readonly headers: Headers;
      readonly body: Buffer;
      /** Where the answer came from in the end. */
      readonly url: URL;
    }
  | {
      readonly ok: false;
      readonly detail: string;
      /** The system's code where the server could not be reached (`ECONNREFUSED`), `ETIMEDOUT` where it was too slow. */
      readonly code?: string;
    };

const DEFAULT_REDIRECTS = 5;

/** Headers that belong to one server and go to no other. */
const OWN_HEADERS = new Set(['authorization', 'cookie']);

/** Whether a host name means this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** Why an address is not asked, completing "<address> …"; null where it may be: https, or this machine. */
export function whyNotAsked(url: URL): string | null {
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) return null;
  return 'is not https, so what it answers could be anybody’s';
}

/**
 * Asks a server. Redirects are followed by hand: to https only (this machine only from this machine), and what identifies
 * the person stays with the server that it was meant for. Rejects for `signal` alone.
 */
export async function askHttp(address: URL, request: HttpRequest): Promise<HttpAnswer> {
  const { signal, deadline, timeoutMs, maxRedirects = DEFAULT_REDIRECTS } = request;
  signal?.throwIfAborted();
  const limit = AbortSignal.timeout(timeoutMs);
  const signals = [limit, ...(signal ? [signal] : []), ...(deadline ? [deadline] : [])];
  const method = request.method ?? 'GET';
  let url = address;
  let headers: Readonly<Record<string, string>> = { 'user-agent': 'release-gate', ...request.headers };
  try {
    for (let hop = 0; ; hop++) {
      const refusal = hop === 0 && request.isPlainMeant && url.protocol === 'http:' ? null : whyNotAsked(url);
      if (refusal)
        return { ok: false, detail: hop === 0 ? refusal : `redirects to ${url.host}, which ${refusal}` };
      const response = await fetch(url, {
        method,
        headers,
        redirect: 'manual',
        signal: AbortSignal.any(signals),
        ...(request.body === undefined ? {} : { body: request.body }),
      });
      const location = response.headers.get('location');
      const isRedirect = [301, 302, 303, 307, 308].includes(response.status) && location !== null;
      if (!isRedirect || maxRedirects === 0) {
        const body = await boundedBody(response, request.maxBytes);
        return body
          ? { ok: true, status: response.status, headers: response.headers, body, url }
          : { ok: false, detail: `answers with more than ${bytesInWords(request.maxBytes)}` };
      }
      await response.body?.cancel();
      if (method === 'POST') return { ok: false, detail: 'redirects what only it should be sent' };
      if (hop >= maxRedirects) return { ok: false, detail: `redirects more than ${maxRedirects} times` };
      if (!URL.canParse(location, url.href)) return { ok: false, detail: 'redirects to what is no address' };
      const target = new URL(location, url);
      target.username = '';
      target.password = '';
      if (isLoopback(target.hostname) && !isLoopback(url.hostname)) {
        return { ok: false, detail: 'redirects to this machine' };
      }
      if (target.origin !== url.origin) {
        headers = Object.fromEntries(
          Object.entries(headers).filter(([name]) => !OWN_HEADERS.has(name.toLowerCase())),
        );
      }
      url = target;
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (limit.aborted) {
      return {
        ok: false,
        detail: `gave no answer within ${timeoutMs / 1000} seconds`,
        code: 'ETIMEDOUT',
      };
    }
    if (deadline?.aborted) return { ok: false, detail: 'took too long', code: 'ETIMEDOUT' };
    const code = codeOf(error);
    return {
      ok: false,
      detail: `could not be reached (${code ?? (error instanceof Error ? error.message : 'it failed')})`,
      ...(code === null ? {} : { code }),
    };
  }
}

/** Null where there is more than the bound; the connection is given up then. */
async function boundedBody(response: Response, maxBytes: number): Promise<Buffer | null> {
  if (!response.body) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    // Leaving the loop cancels the stream.
    if (size > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** `fetch` hides why in the cause. */
function codeOf(error: unknown): string | null {
  const cause = error instanceof Error ? error.cause : null;
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : null;
}

/** A body as JSON; undefined where it is none. */
export function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
