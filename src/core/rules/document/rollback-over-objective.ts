import { blocksOf } from '../../documents/markdown/parse';
import { minutesOf, readKeyValues, readSteps } from '../../documents/markdown/parts';
import { holdsPlaceholder } from '../../documents/markdown/placeholders';
import type { RollbackRunbook } from '../../documents/rollback-runbook/rollback-runbook';
import { rollbackRunbookKind } from '../../documents/rollback-runbook/rollback-runbook-kind';
import { roundedMinutes } from '../../documents/runbook/runbook-kind';
import { readDuration } from '../../records/duration';
import type { ReadDocument } from '../../documents/document';
import type { DocumentRule, RuleFinding } from '../rule';
import { severityIn } from './document-severity';

/** Going back takes longer than it may. */
export const rule: DocumentRule = {
  id: 'rollback-over-objective',
  title: 'Going back takes longer than the recovery time objective',
  severity: 'block',
  why: 'The objective is what was promised to those who wait; a rollback that cannot keep it is found out while they do.',
  subject: 'document',
  kinds: [rollbackRunbookKind.id],
  check: (document, { rollback }): readonly RuleFinding[] => {
    const { time } = document.data as RollbackRunbook;
    const objective = rollback?.objectiveMinutes ?? minutesIn(time.objective);
    const taken = takenMinutes(document, time);
    if (objective === null || taken === null || taken.minutes <= objective) return [];
    const values = readKeyValues(blocksOf(document, 'time'));
    const place =
      values.get('meets the objective') ?? values.get('estimated time') ?? values.get('measured time');
    const section = document.sections.find(({ id }) => id === 'time');
    return [
      {
        message: `Going back takes ${taken.minutes} min (${taken.by}), and may take ${objective} min: make it faster, or agree on another objective`,
        path: document.path,
        span: place?.span ?? section?.headingSpan ?? null,
        status: 'fail',
        severity: severityIn(document, 'block'),
      },
    ];
  },
};

/** What a drill measured before what the steps add up to, and that before what is only written. */
function takenMinutes(
  document: ReadDocument,
  { measured, estimate }: RollbackRunbook['time'],
): { readonly minutes: number; readonly by: string } | null {
  const drilled = minutesIn(measured);
  if (drilled !== null) return { minutes: drilled, by: 'measured' };
  const steps = ['preparation', 'execution'].flatMap((id) => readSteps(blocksOf(document, id)));
  if (steps.length > 0 && steps.every(({ step }) => step.durationMinutes !== null)) {
    const sum = steps.reduce((total, { step }) => total + (step.durationMinutes ?? 0), 0);
    return { minutes: roundedMinutes(sum), by: `the sum of its ${steps.length} steps` };
  }
  const written = minutesIn(estimate);
  return written === null ? null : { minutes: written, by: 'estimated' };
}

/** "4m10s in staging on 2026-11-01", "30 min (configuration)", "12 min". */
function minutesIn(text: string): number | null {
  if (holdsPlaceholder(text)) return null;
  const plain = text.replace(/\s+(?:in|on|by|as)\s.*$|\s*[(,;].*$/, '').trim();
  const seconds = readDuration(plain);
  return seconds === null ? minutesOf(plain) : roundedMinutes(seconds / 60);
}
