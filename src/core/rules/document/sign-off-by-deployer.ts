import { holdsPlaceholder } from '../../documents/markdown/placeholders';
import type { VerificationReport } from '../../documents/verification-report/verification-report';
import { isSamePerson } from '../../records/same-person';
import type { DocumentRule, RuleFinding } from '../rule';
import { quoted } from './document-severity';

/** A verification that is signed only by the one who deployed. */
export const rule: DocumentRule = {
  id: 'sign-off-by-deployer',
  title: 'A deployment is verified only by the one who deployed it',
  severity: 'warn',
  why: 'Who has just deployed wants it to be well. A second pair of eyes looks at the numbers.',
  subject: 'document',
  kinds: ['verification-report'],
  check: (document): readonly RuleFinding[] => {
    const { summary, signOff } = document.data as VerificationReport;
    const { verifiedBy } = signOff;
    if (verifiedBy === '' || holdsPlaceholder(verifiedBy) || holdsPlaceholder(summary.deployedBy)) return [];
    // Several names: one of them may be somebody else.
    if (/[,;&]|\band\b/.test(verifiedBy) || !isSamePerson(verifiedBy, summary.deployedBy)) return [];
    const section = document.sections.find(({ id }) => id === 'sign-off');
    return [
      {
        message: `${quoted(verifiedBy)} deployed it and is the only one who verified it: have somebody else look at the numbers and sign`,
        path: document.path,
        span: section?.headingSpan ?? null,
        status: 'fail',
      },
    ];
  },
};
