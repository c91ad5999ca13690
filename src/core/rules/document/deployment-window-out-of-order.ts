import type { DeploymentPlan } from '../../documents/deployment-plan/deployment-plan';
import { deploymentPlanKind } from '../../documents/deployment-plan/deployment-plan-kind';
import { blocksOf } from '../../documents/markdown/parse';
import { readKeyValues, readSteps } from '../../documents/markdown/parts';
import { zonedTime } from '../../text/zoned-time';
import type { DocumentRule, RuleFinding } from '../rule';
import { quoted, severityIn } from './document-severity';

const MINUTE_MS = 60_000;

/** Window and rollback deadline of a deployment do not follow each other. */
export const rule: DocumentRule = {
  id: 'deployment-window-out-of-order',
  title: 'The deployment window and the rollback deadline do not fit',
  severity: 'block',
  why: 'After the deadline nobody can go back within the window any more; one that lies behind its end stops nobody in time.',
  subject: 'document',
  kinds: [deploymentPlanKind.id],
  check: (document): readonly RuleFinding[] => {
    const { overview } = document.data as DeploymentPlan;
    const start = timeOf(overview.windowStart);
    const end = timeOf(overview.windowEnd);
    const deadline = timeOf(overview.rollbackDeadline);
    const values = readKeyValues(blocksOf(document, 'overview'));
    const place = (...keys: readonly string[]): RuleFinding['span'] =>
      keys.map((key) => values.get(key)?.span).find((span) => span !== undefined) ??
      document.sections.find(({ id }) => id === 'overview')?.headingSpan ??
      null;
    const finding = (
      message: string,
      span: RuleFinding['span'],
      severity: 'block' | 'warn',
    ): RuleFinding => ({
      message,
      path: document.path,
      span,
      status: 'fail',
      severity: severityIn(document, severity),
    });
    if (start !== null && end !== null && end <= start) {
      return [
        finding(
          `The window ends at ${quoted(overview.windowEnd)}, which is not after its start at ${quoted(overview.windowStart)}: correct one of them`,
          place('deploy window end', 'window end', 'end'),
          'block',
        ),
      ];
    }
    const at = place('rollback deadline', 'deadline for rollback');
    if (deadline === null) return [];
    if (end !== null && deadline > end) {
      return [
        finding(
          `The rollback deadline ${quoted(overview.rollbackDeadline)} is after the end of the window at ${quoted(overview.windowEnd)}: set it so that the rollback still ends within the window`,
          at,
          'block',
        ),
      ];
    }
    if (start !== null && deadline <= start) {
      return [
        finding(
          `The rollback deadline ${quoted(overview.rollbackDeadline)} is not after the start of the window at ${quoted(overview.windowStart)}: correct one of them`,
          at,
          'block',
        ),
      ];
    }
    const needed = rollbackMinutes(
      readSteps(blocksOf(document, 'rollback')).map(({ step }) => step.durationMinutes),
    );
    if (end === null || needed === null || deadline + needed * MINUTE_MS <= end) return [];
    return [
      finding(
        `A rollback that begins at the deadline ${quoted(overview.rollbackDeadline)} takes ${needed} min and ends after the window at ${quoted(overview.windowEnd)}: set the deadline earlier`,
        at,
        'warn',
      ),
    ];
  },
};

function rollbackMinutes(durations: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const minutes of durations) {
    if (minutes === null) return null;
    sum += minutes;
  }
  return durations.length > 0 ? sum : null;
}

/** A time without its zone is another moment for each reader, and is not compared. */
function timeOf(text: string): number | null {
  return zonedTime(text.trim());
}
