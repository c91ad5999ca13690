import { counted, enumerated } from '../../text/words';
import type { JudgedCondition } from '../condition';
import type { Readiness } from '../judge';

/** What speaks against a release, as reports divide it; every reason is in one of them. */
export interface ReasonGroups {
  /** They block and fail. */
  readonly failing: readonly JudgedCondition[];
  /** They block, and nothing tells whether they hold. */
  readonly open: readonly JudgedCondition[];
  /** A person set them aside. */
  readonly waived: readonly JudgedCondition[];
  readonly warnings: readonly JudgedCondition[];
}

export function groupsOf({ reasons }: Pick<Readiness, 'reasons'>): ReasonGroups {
  const blocking = reasons.filter(({ weight, status }) => weight === 'block' && status !== 'waived');
  return {
    failing: blocking.filter(({ status }) => status === 'fail'),
    open: blocking.filter(({ status }) => status === 'unknown'),
    waived: reasons.filter(({ status }) => status === 'waived'),
    warnings: reasons.filter(({ weight, status }) => weight !== 'block' && status !== 'waived'),
  };
}

/**
 * The first line of every report: the verdict, the release, how much speaks against it, and who set what aside: a release
 * that goes by somebody's word must not look like one that goes by evidence.
 */
export function headlineOf(readiness: Readiness): string {
  const { verdict, facts } = readiness;
  const { failing, open, waived, warnings } = groupsOf(readiness);
  const verb = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;
  const parts = [
    ...(failing.length > 0 ? [verb(failing.length, 'condition fails', 'conditions fail')] : []),
    ...(open.length > 0
      ? [
          failing.length > 0
            ? verb(open.length, 'is not known', 'are not known')
            : verb(open.length, 'condition is not known', 'conditions are not known'),
        ]
      : []),
    ...(waived.length > 0 ? [`${waived.length} set aside by ${enumerated(namesOf(waived), 'and')}`] : []),
    ...(warnings.length > 0 ? [counted(warnings.length, 'warning')] : []),
  ];
  const said = `${verdict.toUpperCase()}: ${facts.asked.version} to ${facts.asked.environment}`;
  return `${said}; ${parts.length === 0 ? 'every condition that was asked holds' : parts.join(', ')}`;
}

/** Who set the conditions aside, and until when: "Ada Byron (until 2027-03-01)". */
function namesOf(waived: readonly JudgedCondition[]): readonly string[] {
  return [
    ...new Set(
      waived.map(({ override }) => (override ? `${override.name} (until ${override.until})` : 'a person')),
    ),
  ];
}

/** What was judged: the range, the commits, the risk, the rollout; a sentence each. */
export function scopeOf({ facts }: Pick<Readiness, 'facts'>): readonly string[] {
  const { change, noChange, register, rollout } = facts;
  if (!change) return [`What changes is not known: ${noChange}`];
  const { range, counts, files, touches } = change;
  const from = range.baseName === null ? 'the first commit' : range.baseName;
  const unclassified =
    counts.unclassified === 0 ? '' : ` (${counts.unclassified} of no type that a convention tells)`;
  return [
    `Judged: ${from} to ${range.headName} (${range.commits.head.slice(0, 12)}), ${counted(counts.total, 'commit')}${unclassified}, ${counted(files.length, 'changed file')}`,
    `Touches: ${touches.length === 0 ? 'none of what is known to be delicate' : touches.map(({ kind }) => kind).join(', ')}`,
    `Risk: ${register?.level ?? 'unknown'}. Rollout: ${rollout.rollout}, since ${lowerFirst(rollout.why)}`,
  ];
}

/** "Credible", "not credible", "not known to be credible". */
export function credibilityWords({ facts }: Pick<Readiness, 'facts'>): string {
  switch (facts.credibility?.credible) {
    case true:
      return 'credible';
    case false:
      return 'not credible';
    case 'unknown':
    case undefined:
      return 'not known to be credible';
  }
}

/** A word that begins a sentence, within one: acronyms and names in capitals stay. */
function lowerFirst(text: string): string {
  return /^[A-Z][a-z ]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
