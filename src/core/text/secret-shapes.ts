import type { Span } from './position';

/** What a secret looks like from outside. */
interface SecretShape {
  /** With its article, to complete "This has the shape of …". */
  readonly name: string;
  /** Bounded, and with nothing in it that is tried twice: it runs over whole files. */
  readonly pattern: RegExp;
  /** Only a vendor hands out texts of this shape: no test makes one up by chance. */
  readonly isVendorIssued: boolean;
  /** Whether a text of this shape is one that everybody may know; for shapes that also have a harmless use. */
  readonly isHarmless?: (text: string) => boolean;
}

/** A text that has the shape of a secret. The value itself is left out on purpose: no message may repeat it. */
export interface FoundSecret {
  readonly name: string;
  readonly isVendorIssued: boolean;
  readonly span: Span;
}

/**
 * Shapes that nothing but a secret has. To teach one more, add a line; what a vendor says of its tokens is the source.
 * Kept short on purpose: a scanner of secrets knows more.
 */
const SHAPES: readonly SecretShape[] = [
  vendor('an AWS access key id', /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g),
  vendor('a GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{60,255})\b/g),
  vendor('a GitLab token', /\bglpat-[A-Za-z0-9_-]{20,64}(?![\w-])/g),
  vendor('a Slack token', /\bxox[abeoprs]-[A-Za-z0-9-]{20,200}\b/g),
  vendor(
    'a Slack webhook',
    /\bhooks\.slack\.com\/(?:services|workflows)\/[A-Z0-9]{8,14}\/[A-Z0-9]{8,14}\/\w{20,50}/g,
  ),
  vendor('a Google API key', /\bAIza[A-Za-z0-9_-]{35}(?![\w-])/g),
  vendor('a Stripe live key', /\b[sr]k_live_[A-Za-z0-9]{20,247}\b/g),
  vendor('an npm token', /\bnpm_[A-Za-z0-9]{36}\b/g),
  vendor('a PyPI token', /\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,250}/g),
  vendor('a Docker Hub token', /\bdckr_pat_[A-Za-z0-9_-]{27}(?![\w-])/g),
  vendor('a SendGrid key', /\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}(?![\w-])/g),
  vendor('a DigitalOcean token', /\bdo[opr]_v1_[a-f0-9]{64}\b/g),
  vendor('an OpenAI or Anthropic key', /\bsk-(?:proj|svcacct|ant-[a-z0-9]{3,8})-[A-Za-z0-9_-]{40,200}/g),
  vendor('an Azure storage key', /\bAccountKey=[A-Za-z0-9+/]{86}==/g),
  vendor('an Azure shared access key', /\bSharedAccessKey=[A-Za-z0-9+/]{43}=/g),
  {
    name: 'a private key',
    // The header alone is how scripts look for a key; with the key behind it, it is one.
    pattern:
      /-----BEGIN (?:[A-Z]{2,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----(?:\\n|\s){1,80}[A-Za-z0-9+/=]{40,100}/g,
    isVendorIssued: false,
  },
  {
    name: 'a JSON web token',
    pattern: /\beyJ[A-Za-z0-9_-]{15,500}\.eyJ[A-Za-z0-9_-]{15,2000}\.[A-Za-z0-9_-]{15,1000}/g,
    isVendorIssued: false,
  },
  {
    name: 'a password in an address',
    pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@<>"'`$]{1,60}:[^\s/@<>"'`$*{}]{4,80}@[a-z0-9.-]{1,100}/gi,
    isVendorIssued: false,
    isHarmless: isOfTestServer,
  },
];

function vendor(name: string, pattern: RegExp): SecretShape {
  return { name, pattern, isVendorIssued: true };
}

/** What vendors' examples and people's placeholders hold. */
const PLACEHOLDER =
  /EXAMPLE|example|placeholder|redacted|dummy|x{4,}|X{4,}|0{6,}|\*{3,}|12345678|abcdefgh|ABCDEFGH|your[-_]?\w/;

/** Words that stand where a password would, in addresses that show the form of one. */
const TEST_PASSWORD =
  /^(x{3,}|pass(word|wd)?|secret|changeme|postgres|root|admin|user|test(ing|er)?|guest|mysql|mongo|redis|rabbitmq|example|token|[a-z]+[-_]?(password|pass))$/i;

/** A password of nobody's system: one of a database that lives as long as the job, or a word in its place. */
function isOfTestServer(address: string): boolean {
  const at = address.lastIndexOf('@');
  const host = address.slice(at + 1).toLowerCase();
  const password = address.slice(0, at).split(':').pop() ?? '';
  // A host without a dot is one of the job's own containers, or one inside the cluster.
  return !host.includes('.') || /^(127\.|0\.0\.0\.0)|\.(local|localhost|internal|test|example)$/.test(host)
    ? true
    : TEST_PASSWORD.test(password) || /(^|\.)example\.(com|org|net)$/.test(host);
}

/** The secrets in a text, in its order; where two shapes overlap, the first of the table counts. */
export function secretsOfKnownShape(text: string): readonly FoundSecret[] {
  const found: FoundSecret[] = [];
  for (const { name, pattern, isVendorIssued, isHarmless } of SHAPES) {
    for (const match of text.matchAll(pattern)) {
      const [value] = match;
      const span = { start: match.index, end: match.index + value.length };
      if (PLACEHOLDER.test(value) || isHarmless?.(value)) continue;
      if (found.some((other) => other.span.start < span.end && span.start < other.span.end)) continue;
      found.push({ name, isVendorIssued, span });
    }
  }
  return found.sort((a, b) => a.span.start - b.span.start);
}

/** The text with every secret of a known shape as asterisks of the same length, for showing a line of a file. */
export function withoutSecrets(text: string): string {
  let shown = '';
  let at = 0;
  for (const { span } of secretsOfKnownShape(text)) {
    shown += text.slice(at, span.start) + '*'.repeat(span.end - span.start);
    at = span.end;
  }
  return shown + text.slice(at);
}
