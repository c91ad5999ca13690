import type { VerificationReport } from '../../documents/verification-report/verification-report';
import { counted } from '../../text/words';
import { zonedTime } from '../../text/zoned-time';
import type { DocumentRule, RuleFinding } from '../rule';
import { frontMatterLineOf } from './kind-line';

const HOUR_MS = 60 * 60_000;

/** A verification report that was made more than an hour after the deployment was completed, or before. */
export const rule: DocumentRule = {
  id: 'verification-report-late',
  title: 'A verification report was not made within the hour after the deployment',
  severity: 'warn',
  why: 'What is written a day later is what somebody remembers. Within the hour the numbers are still on the screen.',
  subject: 'document',
  kinds: ['verification-report'],
  check: (document): readonly RuleFinding[] => {
    const { completedAt, createdAt } = document.data as VerificationReport;
    const [completed, created] = [zonedTime(completedAt), zonedTime(createdAt)];
    if (completed === null || created === null) return [];
    const minutes = Math.floor((created - completed) / 60_000);
    const message =
      created < completed
        ? `The report was created at ${createdAt}, before the deployment was completed at ${completedAt}: write it when the deployment is completed`
        : created - completed > HOUR_MS
          ? `The report was created ${counted(minutes, 'minute')} after the deployment was completed at ${completedAt}: write it within an hour, and say in this one why it is late`
          : null;
    return message === null
      ? []
      : [
          {
            message,
            path: document.path,
            span: frontMatterLineOf(document, 'created-at'),
            status: 'fail',
          },
        ];
  },
};
