import { renderAnnotations, type Annotation } from '../../gate/reports/annotations';
import { visible } from '../../gate/reports/text';
import { withoutSecrets } from '../../text/secret-shapes';
import type { JudgedCondition } from '../condition';
import type { ReadinessFacts } from '../facts';
import type { Readiness } from '../judge';
import { shownEvidence } from './evidence';
import { headlineOf, scopeOf } from './summary';

/** So much evidence is told in one annotation: it is a few lines wide. */
const MAX_EVIDENCE = 5;

/** The verdict as annotations of a run on GitHub: what blocks as errors, what warns as warnings, what people set aside as notices. */
export function readinessGitHub(readiness: Readiness): string {
  const { facts, reasons, notes } = readiness;
  const told = [...(facts.change?.range.notes ?? []), ...notes];
  return renderAnnotations([headlineOf(readiness), ...scopeOf(readiness)].map(visible), [
    ...reasons.map((reason, index) => annotationOf(reason, index, facts)),
    ...told.map((note, index) => ({
      kind: 'notice' as const,
      rank: reasons.length + index,
      place: null,
      title: 'release-gate',
      message: visible(note),
    })),
  ]);
}

function annotationOf(reason: JudgedCondition, rank: number, facts: ReadinessFacts): Annotation {
  const { id, title, weight, status, why, next, evidence, override } = reason;
  const file = evidence.find((source) => source.kind === 'file');
  const state = status === 'waived' ? 'set aside' : status === 'unknown' ? 'not known' : 'fails';
  return {
    kind: status === 'waived' ? 'notice' : weight === 'block' ? 'error' : 'warning',
    rank,
    place: file ? { path: file.path, range: file.range } : null,
    title: visible(`${id} ${state}`),
    message: [
      `${title}: ${state}`,
      why,
      ...(override
        ? [`by ${override.name}, until ${override.until}: ${override.reason} (${override.path})`]
        : []),
      ...evidence.slice(0, MAX_EVIDENCE).map((source) => {
        const { place, text } = shownEvidence(source, facts);
        return text === '' ? `see ${place}` : `see ${place}: ${withoutSecrets(text)}`;
      }),
      ...(next === null || status === 'waived' ? [] : [`next: ${next}`]),
    ]
      .map(visible)
      .join('\n'),
  };
}
