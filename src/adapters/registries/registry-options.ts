import type { ArtifactAnswer } from '../../core/ports';
import { whyNotAsked } from '../http';

/** How a registry is asked. */
export interface RegistryOptions {
  /** For one request. */
  readonly timeoutMs: number;
  /** For all that is asked about one artifact. */
  readonly totalMs: number;
}

/** A registry's address with a slash at its end: the configured one, else the public one of its kind. */
export function registryUrl(
  configured: string | null,
  publicUrl: string,
): { readonly ok: true; readonly url: URL } | { readonly ok: false; readonly detail: string } {
  const address = configured ?? publicUrl;
  if (!URL.canParse(address)) return { ok: false, detail: `"${address}" is no address of a registry` };
  const url = new URL(address.endsWith('/') ? address : `${address}/`);
  if (url.username || url.password) {
    return {
      ok: false,
      detail: `the address of the registry at ${url.host} holds credentials, which are not used`,
    };
  }
  const refusal = whyNotAsked(url);
  return refusal ? { ok: false, detail: `${url.origin} ${refusal}` } : { ok: true, url };
}

/** What a status other than 200 and 404 means; null for 200. 404 is for the caller, who knows what it was asked for. */
export function statusAnswer(status: number, host: string, what: string): ArtifactAnswer | null {
  if (status === 200) return null;
  if (status === 401 || status === 403) {
    return { kind: 'refused', detail: `${host} refuses to tell of ${what} (status ${status})` };
  }
  if (status === 429)
    return { kind: 'unknown', detail: `${host} answers no more requests for now (status 429)` };
  return { kind: 'unknown', detail: `${host} answers for ${what} with status ${status}` };
}
