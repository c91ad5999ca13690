import type { Step } from '../../workflow/model';
import type { Candidate } from './candidate';

/** A job that would have been extracted with another, but for one thing. */
export interface NearMiss {
  readonly candidate: Candidate;
  readonly other: Candidate;
  /** Completes "… is like … but for …". */
  readonly difference: string;
}

/** Jobs with fewer steps than this are alike by chance. */
const FEWEST_STEPS = 3;

/** More of them would hide what was found. */
const MAX_TOLD = 10;

/**
 * Jobs that nothing was made of and that are like others but for one step more or the versions of their actions. Each is
 * looked up by what it would be without the difference, so the work grows with the number of steps.
 *
 * @param isTaken Whether a job became a call: what is like it could have joined it.
 */
export function nearMisses(
  candidates: readonly Candidate[],
  isTaken: (candidate: Candidate) => boolean,
): readonly NearMiss[] {
  const whole = new Map<string, Candidate>();
  const unversioned = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const labels = labelsOf(candidate);
    const key = labels.join('\n');
    // One that became a call stands for all of its group.
    if (!whole.has(key) || isTaken(candidate)) whole.set(key, candidate);
    const bare = labels.map(withoutVersion).join('\n');
    if (!unversioned.has(bare) || isTaken(candidate)) unversioned.set(bare, candidate);
  }
  const misses: NearMiss[] = [];
  for (const candidate of candidates) {
    if (misses.length >= MAX_TOLD) break;
    const labels = labelsOf(candidate);
    if (isTaken(candidate) || labels.length < FEWEST_STEPS) continue;
    const steps = candidate.members[0]?.job.steps ?? [];
    const extra =
      labels.length > FEWEST_STEPS ? steps.find((_, at) => whole.has(without(labels, at))) : undefined;
    const shorter = extra && whole.get(without(labels, extra.index));
    if (extra && shorter) {
      misses.push({ candidate, other: shorter, difference: `its step ${extra.index + 1}, ${nameOf(extra)}` });
      continue;
    }
    const alike = unversioned.get(labels.map(withoutVersion).join('\n'));
    if (!alike || alike === candidate || labelsOf(alike).join('\n') === labels.join('\n')) continue;
    const own = labels.find((label, at) => label !== labelsOf(alike)[at]) ?? '';
    misses.push({ candidate, other: alike, difference: `the version of \`${withoutVersion(own)}\`` });
  }
  return misses;
}

function labelsOf({ members }: Candidate): readonly string[] {
  return (members[0]?.job.steps ?? []).map(
    (step) => step.uses?.value ?? `run ${step.run?.text.trim().split(/\s+/, 2).join(' ') ?? ''}`,
  );
}

function without(labels: readonly string[], at: number): string {
  return labels.filter((_, index) => index !== at).join('\n');
}

function withoutVersion(label: string): string {
  return label.startsWith('run ') ? label : label.replace(/@.*$/, '');
}

function nameOf(step: Step): string {
  return step.name
    ? `"${step.name.value}"`
    : `\`${(step.uses?.value ?? step.run?.text ?? '').trim().split('\n', 1)[0] ?? ''}\``;
}
