import { visible } from '../gate/reports/text';
import type { JudgedCondition } from './condition';
import type { Readiness } from './judge';

/** The verdict for a terminal: the verdict first, then the reasons in the order of their weight. */
export function readinessText(readiness: Readiness): string {
  const { verdict, facts, reasons, criteria } = readiness;
  const { version, environment } = facts.asked;
  return [
    `${verdict.toUpperCase()}: ${visible(version)} to ${visible(environment)}`,
    '',
    ...reasons.flatMap(reasonLines),
    'Criterion        State',
    ...criteria.map(({ criterion, status }) => `${criterion.padEnd(16)} ${status}`),
  ].join('\n');
}

function reasonLines({ id, weight, status, why, next }: JudgedCondition): readonly string[] {
  return [
    `${weight === 'block' ? status : `${status} (warning)`} [${id}] ${visible(why)}`,
    ...(next === null ? [] : [`  next: ${visible(next)}`]),
    '',
  ];
}
