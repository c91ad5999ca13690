import type { ReadDocument } from '../../documents/document';
import { drillRecordKind } from '../../documents/drill-record/drill-record-kind';
import { documentKindOf } from '../../documents/index';
import { textHash } from '../../documents/markdown/text-hash';
import { strictDrill } from '../../records/strict';
import type { DrillOnRecord } from '../../records/record';
import type { DocumentRule, GateFacts, RuleFinding } from '../rule';
import { kindLineOf } from './kind-line';
import { isProductionName, reviewsOf } from './reviews-of';

/** A procedure without a record that it was carried out outside production, as it stands. */
export const rule: DocumentRule = {
  id: 'document-not-tested',
  title: 'A procedure was never carried out outside production, as far as records show',
  severity: 'info',
  why: 'The first run of a procedure finds its faults. An untested rollback is no rollback procedure.',
  subject: 'document',
  kinds: ['runbook', 'rollback-runbook'],
  asksHistory: true,
  check: (document, facts): readonly RuleFinding[] => {
    if (document.frontMatter['kind'] !== document.kind || document.placeholders.length > 0) return [];
    if (!facts.history?.lastCommitOf(document.path)) return [];
    const title = documentKindOf(document.kind)?.title.toLowerCase() ?? 'document';
    const next = `carry it out in staging, and run release-gate review record --kind tested --document ${document.path} --environment staging --outcome passed --evidence ADDRESS --write`;
    const tests = reviewsOf(document, facts).filter(
      ({ review, environment }) => review === 'tested' && !isProductionName(environment, facts),
    );
    const passed = tests.filter(({ hasPassed }) => hasPassed === true);
    const hash = textHash(document.text);
    if (passed.some(({ sha256 }) => sha256 === hash) || drillsOf(document, facts).length > 0) return [];
    const [earlier] = passed;
    const [failed] = tests;
    const message = earlier
      ? `This ${title} was carried out in ${earlier.environment} on ${earlier.at.slice(0, 10)}, and its text has changed since: ${next}`
      : failed
        ? `This ${title} was carried out in ${failed.environment} on ${failed.at.slice(0, 10)} and failed (${failed.path}): mend it, then ${next}`
        : `No record says that this ${title} was carried out anywhere but in production: ${next}`;
    return [
      {
        message,
        path: document.path,
        span: kindLineOf(document),
        status: 'fail',
        ...(failed && !earlier ? { severity: 'warn' } : {}),
      },
    ];
  },
};

/** Drills that carried it out: of the way back where it is that, or with the document among their evidence. */
function drillsOf(document: ReadDocument, facts: GateFacts): readonly DrillOnRecord[] {
  return (facts.documents ?? [])
    .filter(({ kind, path }) => kind === drillRecordKind.id && /(?:^|\/)records\//.test(path))
    .flatMap((each) => {
      const strict = strictDrill(each);
      return strict.ok ? [strict.record] : [];
    })
    .filter(({ hasPassed, environment }) => hasPassed && !isProductionName(environment, facts))
    .filter(
      ({ drill, evidence }) =>
        (document.kind === 'rollback-runbook' && drill === 'rollback') ||
        evidence.some((item) => item.replace(/[#:].*$/, '') === document.path),
    );
}
