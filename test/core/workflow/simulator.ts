/**
 * A plain, slow simulator of a run, written apart from the engine: it plays every order of events (a job is decided,
 * ends well or badly, runs into its time limit, the run is cancelled) and keeps what it saw when production started.
 */
export type SimulatedResult = 'success' | 'failure' | 'cancelled' | 'skipped';

/** What a condition sees when it is evaluated. */
export interface Sight {
  /** Results of all ancestors. */
  readonly ancestors: readonly SimulatedResult[];
  readonly direct: Readonly<Record<string, SimulatedResult>>;
  readonly isCancelled: boolean;
}

export interface SimulatedJob {
  readonly id: string;
  readonly needs: readonly string[];
  readonly isTolerated: boolean;
  readonly condition: (sight: Sight) => boolean;
}

/** Switches for showing that the comparison notices a wrong semantics. */
export interface Faults {
  readonly successSeesDirectOnly?: boolean;
  readonly nothingIsCancelled?: boolean;
  readonly toleratedFails?: boolean;
}

interface JobState {
  readonly phase: 'waiting' | 'running' | 'over';
  readonly result: SimulatedResult | null;
  readonly isReal: boolean;
}

/** Every set of results with which `production` starts, as `id=result` joined; `isUnsafe` where `guard` is not good. */
export function simulate(
  jobs: readonly SimulatedJob[],
  production: string,
  guard: string,
  faults: Faults = {},
): { readonly isUnsafe: boolean; readonly unsafeStarts: ReadonlySet<string> } {
  const unsafeStarts = new Set<string>();
  const seen = new Set<string>();
  const byId = new Map(jobs.map((job) => [job.id, job]));
  const ancestorsOf = (id: string): string[] => {
    const found = new Set<string>();
    const visit = (name: string): void => {
      for (const need of byId.get(name)?.needs ?? []) {
        found.add(need);
        visit(need);
      }
    };
    visit(id);
    return [...found];
  };
  const ancestors = new Map(jobs.map((job) => [job.id, ancestorsOf(job.id)]));
  type World = { readonly states: Readonly<Record<string, JobState>>; readonly isCancelled: boolean };
  const pending: World[] = [
    {
      states: Object.fromEntries(
        jobs.map((job) => [job.id, { phase: 'waiting', result: null, isReal: false }]),
      ),
      isCancelled: false,
    },
  ];
  for (let world = pending.pop(); world; world = pending.pop()) {
    const key = JSON.stringify(world);
    if (seen.has(key)) continue;
    seen.add(key);
    const { states, isCancelled } = world;
    const set = (id: string, state: JobState, cancelled = isCancelled): void => {
      pending.push({ states: { ...states, [id]: state }, isCancelled: cancelled });
    };
    const resultOf = (id: string): SimulatedResult => states[id]?.result ?? 'skipped';
    const sight = (job: SimulatedJob, cancelled: boolean): Sight => ({
      ancestors: (faults.successSeesDirectOnly ? job.needs : (ancestors.get(job.id) ?? [])).map(resultOf),
      direct: Object.fromEntries(job.needs.map((need) => [need, resultOf(need)])),
      isCancelled: cancelled,
    });
    for (const job of jobs) {
      const state = states[job.id];
      if (state?.phase === 'waiting' && job.needs.every((need) => states[need]?.phase === 'over')) {
        if (!job.condition(sight(job, isCancelled))) {
          set(job.id, { phase: 'over', result: 'skipped', isReal: false });
        } else if (job.id === production) {
          if (!states[guard]?.isReal) {
            unsafeStarts.add(jobs.map((each) => `${each.id}=${states[each.id]?.result ?? ''}`).join(' '));
          }
        } else set(job.id, { phase: 'running', result: null, isReal: false });
      }
      if (state?.phase === 'running') {
        set(job.id, { phase: 'over', result: 'success', isReal: true });
        const bad = job.isTolerated && !faults.toleratedFails ? 'success' : 'failure';
        set(job.id, { phase: 'over', result: bad, isReal: false });
        if (!isCancelled && !faults.nothingIsCancelled)
          set(job.id, { phase: 'over', result: 'cancelled', isReal: false });
      }
    }
    if (!isCancelled && !faults.nothingIsCancelled) {
      const after = Object.fromEntries(
        jobs.map((job) => {
          const state = states[job.id] ?? { phase: 'waiting', result: null, isReal: false };
          const goesOn = state.phase !== 'running' || job.condition(sight(job, true));
          return [job.id, goesOn ? state : { phase: 'over', result: 'cancelled', isReal: false }] as const;
        }),
      );
      pending.push({ states: after as Record<string, JobState>, isCancelled: true });
    }
  }
  return { isUnsafe: unsafeStarts.size > 0, unsafeStarts };
}
