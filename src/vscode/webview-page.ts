/** Where a page gets its own files, and what its policy lets in. */
export interface PageSources {
  readonly cspSource: string;
  readonly styleUri: string;
  readonly scriptUri: string;
  /** Unguessable, new for each page. */
  readonly nonce: string;
}

/** The policy of our pages: our style sheets and our one script, nothing inline without the nonce, no network. */
export function policyOf(sources: PageSources, options: { readonly hasOwnStyle?: boolean } = {}): string {
  return [
    "default-src 'none'",
    `style-src ${sources.cspSource}${options.hasOwnStyle ? ` 'nonce-${sources.nonce}'` : ''}`,
    `script-src 'nonce-${sources.nonce}'`,
    `img-src ${sources.cspSource}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** Whether a page sent a message of this type; what else is in it is still to be looked at. */
export function isMessage(message: unknown, type: string): message is Record<string, unknown> {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === type;
}

/** Text as HTML text or attribute value. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
