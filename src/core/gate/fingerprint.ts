import type { Finding, RootReport } from './report';

/**
 * What a finding stands on: the text of its first line, not its number, so that lines added above change nothing. For a
 * finding about a whole file or repository the message takes its place.
 */
export function lineOfFinding(
  finding: Pick<Finding, 'path' | 'range' | 'message'>,
  sources: RootReport['sources'],
): string {
  const text = sources?.get(finding.path);
  return text !== undefined && finding.range
    ? (text.split(/\r\n|\n|\r/)[finding.range.start.line - 1] ?? '').trim()
    : finding.message;
}

/** FNV-1a over UTF-16 code units, 64 bits in hex: short, stable, not meant to resist anybody. */
export function hashOf(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let index = 0; index < text.length; index++) {
    hash = ((hash ^ BigInt(text.charCodeAt(index))) * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return hash.toString(16).padStart(16, '0');
}

/**
 * The fingerprint that a baseline goes by: the rule, the file, the line's text and the words that the message quotes from
 * the repository. A second fault at the same line (another job left out) quotes other words and is new; a message that is
 * only worded anew is not.
 */
export function fingerprintWithWords(finding: Finding, sources: RootReport['sources']): string {
  const quoted = [...finding.message.matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? '');
  return hashOf([finding.rule, finding.path, lineOfFinding(finding, sources), ...quoted].join('\n'));
}
