import type { Job, Workflow } from '../../workflow/model';
import { valueOf, type YamlValue } from '../../workflow/yaml-tree';

/** Which runs a trust lets in: the part of the token's `sub` claim behind the repository. */
export type Subject =
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'branch'; readonly name: string }
  | { readonly kind: 'unknown'; readonly needed: string };

/** Names that can stand in shell, JSON and a trust policy as they are. */
const SAFE_NAME = /^[\w][\w ./@+-]*$/;

/**
 * The subjects of a job's tokens: its environment where it has one (several for a matrix or a choice), else the
 * branches whose pushes run it, else the default branch. A job that runs for tags or pull requests only needs an
 * environment first.
 * https://docs.github.com/actions/reference/openid-connect-reference#example-subject-claims
 */
export function subjectsOf(workflow: Workflow, job: Job, defaultBranch: string | null): readonly Subject[] {
  if (job.environment) {
    return namesOf(job.environment.name.value, workflow, job).map((name) =>
      name !== null && SAFE_NAME.test(name)
        ? { kind: 'environment', name }
        : {
            kind: 'unknown',
            needed: `the environment of job ${plain(job.id.value)} in ${plain(workflow.path)}`,
          },
    );
  }
  const events = workflow.triggers.map((trigger) => trigger.event);
  const pushes = workflow.triggers.filter((trigger) => trigger.event === 'push');
  const branches = pushes.flatMap((trigger) => trigger.branches ?? []).map((branch) => branch.value);
  const open = branches.find((branch) => !SAFE_NAME.test(branch));
  const isOfTags =
    branches.length === 0 && (events.includes('release') || pushes.some((trigger) => trigger.tags !== null));
  const isOfPullRequests = events.every((event) => event.startsWith('pull_request'));
  const where = `job ${plain(job.id.value)} in ${plain(workflow.path)}`;
  if (open !== undefined)
    return [{ kind: 'unknown', needed: `one of the branches ${plain(open)} for ${where}` }];
  if (isOfTags || isOfPullRequests) {
    // A trust for every tag or pull request would let in whoever can make one.
    return [{ kind: 'unknown', needed: `an environment for ${where}` }];
  }
  const names =
    branches.length > 0 ? branches : defaultBranch && SAFE_NAME.test(defaultBranch) ? [defaultBranch] : [];
  return names.length > 0
    ? [...new Set(names)].map((name) => ({ kind: 'branch', name }))
    : [{ kind: 'unknown', needed: `the branch of ${where}` }];
}

/** The claim behind the repository's prefix; GitHub writes `:` in a name as `%3A`. */
export function claimOf(subject: Subject): string | null {
  switch (subject.kind) {
    case 'environment':
      return `environment:${subject.name.replaceAll(':', '%3A')}`;
    case 'branch':
      return `ref:refs/heads/${subject.name}`;
    case 'unknown':
      return null;
  }
}

/** How people call it in a sentence. */
export function describeSubject(subject: Subject): string {
  switch (subject.kind) {
    case 'environment':
      return `environment "${subject.name}"`;
    case 'branch':
      return `branch "${subject.name}"`;
    case 'unknown':
      return subject.needed;
  }
}

/** What can stand in a placeholder and between quotes of a shell. */
function plain(text: string): string {
  return text.replace(/[^\w./*-]/g, '_').slice(0, 100);
}

/** An environment's literal name, the values of a matrix key, or the options of a choice; null for what is open. */
function namesOf(name: string, workflow: Workflow, job: Job): readonly (string | null)[] {
  if (!name.includes('${{')) return [name];
  const reference = /^\$\{\{\s*(matrix|inputs|github\.event\.inputs)\.([\w-]+)\s*\}\}$/.exec(name.trim());
  const key = reference?.[2];
  if (!key) return [null];
  if (reference[1] === 'matrix') {
    const values = texts(valueOf(job.matrix, key));
    const included = valueOf(job.matrix, 'include');
    const more = included?.kind === 'list' ? included.items.flatMap((item) => texts(valueOf(item, key))) : [];
    const all = [...new Set([...values, ...more])];
    return all.length > 0 && !all.some((value) => value.includes('${{')) ? all : [null];
  }
  const options = workflow.triggers
    .flatMap((trigger) => trigger.inputs)
    .filter((input) => input.name.value === key && input.type === 'choice')
    .flatMap((input) => input.options.map((option) => option.value));
  return options.length > 0 ? [...new Set(options)] : [null];
}

function texts(value: YamlValue | null): string[] {
  if (!value) return [];
  const items = value.kind === 'list' ? value.items : [value];
  return items.flatMap((item) => (item.kind === 'scalar' && item.text !== '' ? [item.text] : []));
}
