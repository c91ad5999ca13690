import type { CallChain } from '../call-chains';
import type { Job, Workflow } from '../model';
import type { JobFacts, ReachVerdict } from '../understanding';
import { prove, type Proof } from './prove';
import type { Repository } from './repository';

/** The proofs of one repository, each made once. */
export interface Proofs {
  of(chain: CallChain): Proof;
}

/** What was answered for one job, as one chain comes to run it. */
interface Answered {
  /** By event, `*` for all of them. */
  readonly verdicts: Map<string, Map<Job, ReachVerdict>>;
  readonly ancestors: Map<Job, boolean>;
  starts: ReturnType<Proof['starts']> | null;
}

/**
 * Answers kept for as long as the readings of all files that they rest on live: an editor asks again at every
 * keystroke, and all files but one are as they were. Only answers are kept, so that nothing of an older understanding
 * stays in memory.
 */
const kept = new WeakMap<
  Workflow,
  { readonly rests: readonly (Workflow | string)[]; readonly byPath: Map<string, Answered> }
>();

/** The proofs over one understanding of a repository. */
export function createProofs(repository: Repository): Proofs {
  const made = new Map<string, Proof>();
  const ids = new Map<Workflow, number>();
  const idOf = (workflow: Workflow): number => {
    const id = ids.get(workflow) ?? ids.size;
    ids.set(workflow, id);
    return id;
  };
  const restsOf = new Map<Workflow, readonly (Workflow | string)[]>();
  const answered = (root: Workflow, key: string): Answered => {
    const rests = restsOf.get(root) ?? allThatItRestsOn(root, repository);
    restsOf.set(root, rests);
    let known = kept.get(root);
    if (!known || known.rests.length !== rests.length || known.rests.some((each, at) => each !== rests[at])) {
      known = { rests, byPath: new Map() };
      kept.set(root, known);
    }
    const answers = known.byPath.get(key) ?? { verdicts: new Map(), ancestors: new Map(), starts: null };
    known.byPath.set(key, answers);
    return answers;
  };
  return {
    of(chain) {
      const [facts] = chain;
      const root = (chain[chain.length - 1] ?? facts).workflow;
      const path = chain.map((link) => link.job).reverse();
      const name = path.map(({ id }) => id.value).join('\u0000');
      const key = `${idOf(root)}\u0000${chain.map(({ workflow }) => workflow.path).join('\u0000')}\u0000${name}`;
      const before = made.get(key);
      if (before) return before;
      let real: Proof | null = null;
      const proof = (): Proof => (real ??= prove(root, path, repository));
      // Within its root's answers the chain is named by paths and ids, which the files that it rests on fix.
      const store = answered(root, key.slice(key.indexOf('\u0000') + 1));
      const remembering: Proof = {
        without: (guard: JobFacts, event?: string) => {
          const verdicts = store.verdicts.get(event ?? '*') ?? new Map<Job, ReachVerdict>();
          store.verdicts.set(event ?? '*', verdicts);
          const verdict = verdicts.get(guard.job) ?? proof().without(guard, event);
          verdicts.set(guard.job, verdict);
          return verdict;
        },
        starts: () => (store.starts ??= proof().starts()),
        isAncestor: (guard: JobFacts) => {
          const is = store.ancestors.get(guard.job) ?? proof().isAncestor(guard);
          store.ancestors.set(guard.job, is);
          return is;
        },
      };
      made.set(key, remembering);
      return remembering;
    },
  };
}

/** The workflows that a run of `root` can hold or follow, with the default branches that they suggest. */
function allThatItRestsOn(root: Workflow, repository: Repository): readonly (Workflow | string)[] {
  const found = new Set<Workflow>();
  const pending = [root];
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    for (const { calls } of repository.jobsOf(next)) if (calls) pending.push(calls);
    const names = next.triggers.flatMap(({ workflows }) => workflows?.map(({ value }) => value) ?? []);
    if (names.length > 0) {
      pending.push(
        ...repository.workflows.filter((other) => names.includes(other.name?.value ?? other.path)),
      );
    }
  }
  return [...found].flatMap((workflow) => [workflow, repository.defaultBranchOf(workflow)]);
}
