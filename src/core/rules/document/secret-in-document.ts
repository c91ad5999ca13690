import type { DocumentRule, RuleFinding } from '../rule';
import { severityIn } from './document-severity';

/** Shapes that nothing but a secret has; each is bounded. Kept short on purpose: a scanner of secrets knows more. */
const SHAPES: readonly { readonly name: string; readonly pattern: RegExp }[] = [
  { name: 'an AWS access key id', pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  {
    name: 'a GitHub token',
    pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{60,255})\b/g,
  },
  { name: 'a Slack token', pattern: /\bxox[abprs]-[A-Za-z0-9-]{20,200}\b/g },
  { name: 'a private key', pattern: /-----BEGIN (?:[A-Z]{2,12} ){0,2}PRIVATE KEY-----/g },
  {
    name: 'a JSON web token',
    pattern: /\beyJ[A-Za-z0-9_-]{15,500}\.eyJ[A-Za-z0-9_-]{15,2000}\.[A-Za-z0-9_-]{15,1000}/g,
  },
  {
    name: 'a password in an address',
    pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@<>"'`$]{1,60}:[^\s/@<>"'`$*{}]{4,80}@[a-z0-9.-]{1,100}/gi,
  },
];

/** A document holds something that has the shape of a secret. */
export const rule: DocumentRule = {
  id: 'secret-in-document',
  title: 'A document holds a secret',
  severity: 'block',
  why: 'Everybody who can read the repository can use it, and it stays in the history after it is taken out.',
  subject: 'document',
  kinds: ['release-plan', 'runbook', 'postmortem'],
  check: (document): readonly RuleFinding[] =>
    SHAPES.flatMap(({ name, pattern }) =>
      [...document.text.matchAll(pattern)]
        // The vendors' own examples end so.
        .filter(
          ([text]) => !/EXAMPLE\b/.test(text) && !/:(?:x{3,}|password|secret|changeme|pass)@/i.test(text),
        )
        .map((match): RuleFinding => ({
          message: `This has the shape of ${name}: revoke it, and name the place where it is kept instead`,
          path: document.path,
          span: { start: match.index, end: match.index + match[0].length },
          status: 'fail',
          severity: severityIn(document, 'block'),
        })),
    ),
};
