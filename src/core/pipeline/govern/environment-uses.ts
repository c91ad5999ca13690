import type { WorkflowSet } from '../../workflow/understanding';
import type { DeploymentRef } from './environment-policy';

/** What the workflows do with one environment. */
export interface EnvironmentUse {
  /** Branches and tags on which a job with this environment runs now; none: no job of the repository has it. */
  readonly refs: readonly DeploymentRef[];
  /** Variables that those jobs read, wherever they are set. */
  readonly variables: readonly string[];
}

/** What jobs with an environment of that name run on and read. A job whose environment no file bounds counts for none. */
export function environmentUse(set: WorkflowSet, name: string, defaultBranch: string): EnvironmentUse {
  const jobs = set.jobs.filter(({ environmentNames }) =>
    environmentNames?.some((other) => other.toLowerCase() === name.toLowerCase()),
  );
  const refs = new Map<string, DeploymentRef>();
  const add = (type: DeploymentRef['type'], pattern: string): void => {
    refs.set(`${type} ${pattern}`, { type, pattern });
  };
  for (const facts of jobs) {
    for (const chain of set.chainsOf(facts)) {
      for (const trigger of chain[chain.length - 1]?.workflow.triggers ?? []) {
        if (trigger.event === 'workflow_call' || trigger.event.startsWith('pull_request')) continue;
        if (trigger.event === 'release') add('tag', '*');
        else if (trigger.event !== 'push') add('branch', defaultBranch);
        else {
          const patterns = (list: typeof trigger.branches): readonly string[] =>
            (list ?? []).map(({ value }) => value).filter((value) => !value.startsWith('!'));
          for (const pattern of patterns(trigger.branches)) add('branch', pattern);
          for (const pattern of patterns(trigger.tags)) add('tag', pattern);
          if (!trigger.branches && !trigger.tags) add('branch', defaultBranch);
        }
      }
    }
  }
  const variables = new Set<string>();
  for (const { job, workflow } of jobs) {
    const text = workflow.text.slice(job.span.start, job.span.end);
    for (const match of text.matchAll(/\bvars\.([A-Za-z_]\w{0,99})/g)) variables.add(match[1] ?? '');
  }
  return { refs: [...refs.values()], variables: [...variables].sort() };
}
