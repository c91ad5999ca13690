import type { RollbackRunbook } from '../../documents/rollback-runbook/rollback-runbook';
import { rollbackRunbookKind } from '../../documents/rollback-runbook/rollback-runbook-kind';
import { holdsPlaceholder } from '../../documents/markdown/placeholders';
import { dayOf, drillOf } from '../../risk/rollback/drilled';
import type { DocumentRule, RuleFinding } from '../rule';

/** A rollback runbook that no record says was carried out lately, though it does not say so itself. */
export const rule: DocumentRule = {
  id: 'rollback-untested',
  title: 'No record says that the rollback was tested',
  severity: 'warn',
  why: 'A rollback that nobody has carried out fails for reasons that nobody thought of, and a box that says "tested" shows neither where nor when.',
  subject: 'document',
  kinds: [rollbackRunbookKind.id],
  check: (document, { rollback }): readonly RuleFinding[] => {
    if (!rollback || document.problems.length > 0) return [];
    const { tests, time, service } = document.data as RollbackRunbook;
    // What it says itself that it does not know is told where the placeholder stands.
    const saysSo = [time.measured, ...tests.flatMap((test) => [test.record, test.result, test.date])].some(
      holdsPlaceholder,
    );
    if (saysSo) return [];
    const drill = drillOf({ ...rollback.drills, service: service === '' ? null : service });
    if (drill.kind === 'counts') return [];
    const why =
      drill.kind === 'none'
        ? drill.why
        : `the last drill outside production failed, in ${drill.drill.environment} on ${dayOf(drill.drill)}`;
    const section = document.sections.find(({ id }) => id === 'tests');
    return [
      {
        message: `The rollback is not tested: ${why}; carry it out outside production, then record it (release-gate drill record)`,
        path: document.path,
        span: section?.headingSpan ?? null,
        status: 'fail',
      },
    ];
  },
};
