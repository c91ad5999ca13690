import { secretsOfKnownShape } from '../../text/secret-shapes';
import type { DocumentRule, RuleFinding } from '../rule';
import { severityIn } from './document-severity';

/** A document holds something that has the shape of a secret. */
export const rule: DocumentRule = {
  id: 'secret-in-document',
  title: 'A document holds a secret',
  severity: 'block',
  why: 'Everybody who can read the repository can use it, and it stays in the history after it is taken out.',
  subject: 'document',
  kinds: 'every',
  check: (document): readonly RuleFinding[] =>
    secretsOfKnownShape(document.text).map(({ name, span }): RuleFinding => ({
      message: `This has the shape of ${name}: revoke it, and name the place where it is kept instead`,
      path: document.path,
      span,
      status: 'fail',
      severity: severityIn(document, 'block'),
    })),
};
