import { placeholder } from '../../evidence/fact';
import { parseRemote } from '../../evidence/collect-profile';
import type { SourceWorkflow } from '../../pipeline/extract/candidate';
import { readWorkflows } from '../read-workflows';
import { TaskFailure, type OtherRepository, type TaskRun, type World } from '../task';
import { createVerdictJudge, type VerdictJudge } from './verdict-kept';

/** One of the repositories that jobs are extracted from. */
export interface ExtractedRepository {
  /** What a person calls it; empty where it is the only one. */
  readonly name: string;
  readonly world: World;
  readonly workflows: readonly SourceWorkflow[];
  readonly paths: ReadonlySet<string>;
  /** Whole sentences on workflows that were not read or must not change. */
  readonly leftAlone: readonly string[];
  /** `owner/name` on the host that its remote is at; null where nothing says. */
  readonly slug: string | null;
  readonly judge: VerdictJudge;
}

/** Reads the repository of a run, and those that it was given besides. */
export async function readRepositories(world: World, run: TaskRun): Promise<readonly ExtractedRepository[]> {
  const others = run.others ?? [];
  const all: readonly OtherRepository[] = [
    { name: others.length > 0 ? (run.name ?? 'this') : '', world },
    ...others,
  ];
  const names = new Set(all.map(({ name }) => name));
  if (names.size < all.length)
    throw new TaskFailure('Two of the folders go by the same name; give each once.');
  const kept = run.inputs.constraints ?? '';
  return Promise.all(
    all.map(async ({ name, world: own }): Promise<ExtractedRepository> => {
      const { paths, workflows, leftAlone } = await readWorkflows(own, run.signal);
      const isKept = (path: string): boolean => isNamedIn(kept, path);
      const url = (await own.history?.remoteUrl(run.signal)) ?? null;
      const remote = url === null ? null : parseRemote(url);
      const prefix = name === '' ? '' : `${name}: `;
      return {
        name,
        world: own,
        workflows: workflows
          .filter(({ path }) => !isKept(path))
          .map((workflow) => ({ repository: name, workflow })),
        paths: new Set(paths),
        leftAlone: [
          ...leftAlone.map((sentence) => prefix + sentence),
          ...workflows
            .filter(({ path }) => isKept(path))
            .map(({ path }) => `${prefix}${path} was left alone, since the constraints name it.`),
        ],
        slug: remote ? `${remote.owner}/${remote.name}` : null,
        judge: createVerdictJudge(own),
      };
    }),
  );
}

/** Whether a text names a workflow, by its path or by the name of its file. */
function isNamedIn(text: string, path: string): boolean {
  const file = path.slice(path.lastIndexOf('/') + 1);
  return text.split(/[\s,;`'"]+/).some((word) => word === path || word === file || word === `${file}.`);
}

/** How a workflow of one repository is called from another; what nobody knows yet stands as UNKNOWN. */
export function referenceTo(
  home: ExtractedRepository,
  path: string,
  ref: string | null,
): { readonly uses: string; readonly unknowns: readonly string[] } {
  const owner = `owner and name of the repository ${home.name}`;
  const commit = commitNeeded(home);
  return {
    uses: `${home.slug ?? placeholder(owner)}/${path}@${ref ?? placeholder(commit)}`,
    unknowns: [...(home.slug === null ? [owner] : []), ...(ref === null ? [commit] : [])],
  };
}

/** What nobody can know before the new workflow is pushed. */
export function commitNeeded(home: ExtractedRepository): string {
  return `commit of ${home.slug ?? home.name} that holds the new workflow`;
}
