import { fileSource, type Source } from '../evidence/fact';
import { short } from '../evidence/results/standing';
import type { EvidenceKind } from '../gate/readiness-settings';
import { counted, enumerated } from '../text/words';
import { notKnown, type ConditionAnswer } from './condition';
import type { EvidenceOf } from './evidence';
import type { ReadinessFacts } from './facts';

/** Names shown of a longer list. */
const SHOWN = 3;

/** Whether there is anything of a kind to go by, or a person said that there is: then it blocks. */
export function isProvided(...kinds: readonly EvidenceOf<unknown>[]): boolean {
  return kinds.some(
    ({ isConfigured, counting, setAside, unread }) =>
      isConfigured || counting.length > 0 || setAside.length > 0 || unread.length > 0,
  );
}

/** What reports that do not count, and files that cannot be read, have to say: clauses with their sources. */
export function whyNot(evidence: EvidenceOf<unknown>): {
  readonly clauses: readonly string[];
  readonly sources: readonly Source[];
} {
  const { setAside, unread, isCut } = evidence;
  return {
    clauses: [
      ...unread.map(({ path, reason }) => `${path} ${reason}`),
      ...setAside.flatMap(({ path, standing }) =>
        standing.kind === 'counts' ? [] : [`${path} ${standing.why}`],
      ),
      ...(isCut ? ['not everything was looked at: there are too many files'] : []),
    ],
    sources: [
      ...unread.map(({ path, range }) => fileSource(path, range)),
      ...setAside.map(({ path }) => fileSource(path)),
    ],
  };
}

/**
 * The answer where no report speaks for the release: none was found, or those that were do not count.
 *
 * @param what "report of tests".
 * @param next What makes one, imperative: "run the tests on the commit of the release".
 */
export function noReport(
  evidence: EvidenceOf<unknown>,
  kind: EvidenceKind,
  what: string,
  next: string,
  others: readonly string[] = [],
): ConditionAnswer {
  const { clauses, sources } = whyNot(evidence);
  const reasons = [...clauses, ...others];
  if (reasons.length > 0) {
    return notKnown(`no ${what} speaks for the release: ${firstOf(reasons, '; ')}`, next, sources);
  }
  return notKnown(
    evidence.isConfigured
      ? `no file is there that readiness.evidence.${kind} names (${firstOf(evidence.globs, ', ')})`
      : `no ${what} was found in the usual places`,
    evidence.isConfigured
      ? next
      : `${next}, and name its file in readiness.evidence.${kind} or with --evidence`,
  );
}

/** The first of a list, and how many more there are. */
export function firstOf(items: readonly string[], separator = ', '): string {
  const shown = items.slice(0, SHOWN).join(separator);
  return items.length > SHOWN ? `${shown} and ${items.length - SHOWN} more` : shown;
}

/** Which commit the reports are of, for the end of a sentence: ", on commit abc1234" or what they do not say. */
export function onCommit(facts: ReadinessFacts, evidence: EvidenceOf<unknown>): string {
  const silent = evidence.counting.filter(
    ({ standing }) => standing.kind === 'counts' && !standing.namesCommit,
  );
  if (silent.length === 0) {
    return facts.evidence.commit ? `, on commit ${short(facts.evidence.commit.id)}` : '';
  }
  const paths = [...new Set(silent.map(({ path }) => path))];
  return `; ${enumerated(paths.slice(0, SHOWN), 'and')}${paths.length > SHOWN ? ` and ${counted(paths.length - SHOWN, 'other')}` : ''} ${paths.length === 1 ? 'does' : 'do'} not name the commit`;
}

/** For the end of a sentence that reports carry: which others there are that do not count, and why. */
export function besides(evidence: EvidenceOf<unknown>): string {
  const { clauses } = whyNot(evidence);
  return clauses.length === 0 ? '' : `; ${firstOf(clauses, '; ')}`;
}

/** The files of the reports that count. */
export function sourcesOf(evidence: EvidenceOf<unknown>): readonly Source[] {
  return [...new Set(evidence.counting.map(({ path }) => path))].map((path) => fileSource(path));
}
