import type { ShellParser } from '../../ports';
import type { Candidate } from './candidate';
import { skeletonOf } from './differences';
import { planExtraction, slotsOfCandidate, slotText, type ExtractionPlan, type PlanResult } from './plan';
import { isScript } from './shape';

/** Candidates that can become one called workflow, and how. */
export interface Cluster {
  readonly candidates: readonly Candidate[];
  readonly plan: ExtractionPlan;
}

/** A group that was cut because of a difference. */
export interface Divided {
  readonly candidates: readonly Candidate[];
  /** Completes "… was left alone because …". */
  readonly reason: string;
  /** Whether what they run differs, rather than how it could be handed in. */
  readonly isAboutScripts: boolean;
}

/** What a group of one signature comes apart into. */
export interface Clusters {
  readonly clusters: readonly Cluster[];
  /** Candidates that fit nobody, with what they differ in from the others of their group. */
  readonly alone: readonly Divided[];
}

/** Groups up to this size are tried one with another where no single difference divides them. */
const MAX_TRIED = 24;

/**
 * Puts together what can become one workflow. The whole group is tried first; where a difference stands in the way,
 * those that agree there are tried by themselves, so that the work grows with the group and not with its square.
 */
export function clustersOf(group: readonly Candidate[], shell: ShellParser): Clusters {
  const clusters: Cluster[] = [];
  const alone: Divided[] = [];
  const divide = (candidates: readonly Candidate[], why: Omit<Divided, 'candidates'> | null): void => {
    if (candidates.length < 2) {
      if (why !== null) alone.push({ candidates, ...why });
      return;
    }
    const result = planExtraction(candidates, shell);
    if (result.ok) {
      clusters.push({ candidates, plan: result.plan });
      return;
    }
    const parts = result.slot === null ? [] : dividedBy(candidates, result.slot);
    if (parts.length > 1) {
      for (const part of parts) divide(part, whyOf(candidates, result));
      return;
    }
    // Nothing that they could agree on: what is wrong is wrong with each, or it is the number of differences.
    if (!result.hasTooManyInputs) {
      alone.push({ candidates, ...whyOf(candidates, result) });
      return;
    }
    for (let at = 0; at < candidates.length; at += MAX_TRIED) {
      const tried = oneByOne(candidates.slice(at, at + MAX_TRIED), shell, whyOf(candidates, result));
      clusters.push(...tried.clusters);
      alone.push(...tried.alone);
    }
  };
  divide(group, null);
  return { clusters, alone };
}

function whyOf(
  candidates: readonly Candidate[],
  { reason, slot }: Extract<PlanResult, { ok: false }>,
): Omit<Divided, 'candidates'> {
  const [first] = candidates;
  const at = first && slot !== null ? slotsOfCandidate(first)[slot] : undefined;
  return { reason, isAboutScripts: at !== undefined && isScript(at.keys) };
}

/** Those whose scripts are alike but for words; where all are, those that say the same. */
function dividedBy(candidates: readonly Candidate[], slot: number): readonly (readonly Candidate[])[] {
  const [first] = candidates;
  if (!first) return [];
  const by = (keyOf: (text: string, candidate: Candidate) => string): readonly (readonly Candidate[])[] => {
    const parts = new Map<string, Candidate[]>();
    for (const candidate of candidates) {
      const own = slotsOfCandidate(candidate)[slot];
      const key = own ? keyOf(slotText(own, candidate, first), candidate) : '';
      const part = parts.get(key);
      if (part) part.push(candidate);
      else parts.set(key, [candidate]);
    }
    return [...parts.values()];
  };
  const [own] = slotsOfCandidate(first).slice(slot, slot + 1);
  if (!own) return [];
  const alike = by((text) => skeletonOf(own, text));
  return alike.length > 1 ? alike : by((text) => text);
}

/** Each candidate goes to the first cluster that takes it. */
function oneByOne(
  candidates: readonly Candidate[],
  shell: ShellParser,
  why: Omit<Divided, 'candidates'>,
): Clusters {
  const tried: { candidates: Candidate[]; plan: ExtractionPlan | null }[] = [];
  for (const candidate of candidates) {
    const home = tried.find((cluster) => {
      const result = planExtraction([...cluster.candidates, candidate], shell);
      if (!result.ok) return false;
      cluster.candidates.push(candidate);
      cluster.plan = result.plan;
      return true;
    });
    if (!home) tried.push({ candidates: [candidate], plan: null });
  }
  return {
    clusters: tried.flatMap((cluster) =>
      cluster.plan ? [{ candidates: cluster.candidates, plan: cluster.plan }] : [],
    ),
    alone: tried.flatMap((cluster) => (cluster.plan ? [] : [{ candidates: cluster.candidates, ...why }])),
  };
}
