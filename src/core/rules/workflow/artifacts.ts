import type { Span } from '../../text/position';
import { unwrapCommand } from '../../shell/wrappers';
import { actionOf } from '../../workflow/credential-uses';
import type { Step } from '../../workflow/model';
import { withVariables } from '../../workflow/targets';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import { callChainsOf, chainedFrom, hasPurpose } from './production-path';

/** What runs upload beside what is deployed. */
const SIDE_PRODUCT =
  /coverage|report|result|screenshot|\blogs?\b|trace|video|playwright|cypress|junit|sbom|sarif|lcov|allure|snapshot|lint|metrics|benchmark|pr[-_]?number|changed/i;

/** Whether an artifact is by its name or path no more than what a test leaves behind. */
export function isSideProduct(name: string): boolean {
  return SIDE_PRODUCT.test(name);
}

/** An artifact that a job uploads. */
export interface Upload {
  readonly step: Step;
  readonly span: Span;
  readonly name: string;
  /** As written; of several lines. */
  readonly path: string;
}

/** What a job uploads and is more than what a test leaves behind. */
export function uploadsOf(facts: JobFacts): readonly Upload[] {
  return facts.job.steps.flatMap((step) => {
    if (actionOf(step) !== 'actions/upload-artifact' || !step.uses) return [];
    const input = (name: string): string =>
      step.with.find((entry) => entry.name.value.toLowerCase() === name)?.value.text.trim() ?? '';
    const name = input('name') || 'artifact';
    const path = input('path');
    if (
      isSideProduct(name) ||
      isSideProduct(path) ||
      /failure\(\)|always\(\)/.test(step.condition?.value ?? '')
    )
      return [];
    return [{ step, span: step.uses.span, name, path }];
  });
}

/** An image that a job pushes, by one tag. */
export interface Push {
  readonly image: string;
  readonly span: Span;
}

/** The images that a job pushes, with the variables of the file put in; null where one of them no file tells. */
export function pushesOf(facts: JobFacts): readonly Push[] | null {
  const { job, workflow, commands } = facts;
  const pushes: Push[] = [];
  for (const step of job.steps) {
    const input = (name: string): string =>
      step.with.find((entry) => entry.name.value.toLowerCase() === name)?.value.text.trim() ?? '';
    const action = actionOf(step);
    if (action !== null && /^(docker|depot)\/build-push-action$/.test(action) && step.uses) {
      if (!/^true$|\$\{\{/.test(input('push')) && !/type=registry|push=true/.test(input('outputs'))) continue;
      const tags = withVariables(input('tags'), step, job, workflow)
        .split(/[\n,]+/)
        .map((tag) => tag.trim());
      for (const image of tags) if (image !== '') pushes.push({ image, span: step.uses.span });
    } else if (
      action !== null &&
      /bake-action|buildah|push-to-registry|docker-build-push|publish-docker/.test(action)
    ) {
      return null;
    }
  }
  for (const command of commands) {
    const words = unwrapCommand(command.words);
    const line = words.join(' ');
    const filled = (word: string): string => withVariables(word, command.step, job, workflow);
    if (/^(docker|podman|buildah) (image )?push\b/.test(line)) {
      if (words.some((word) => /^(-a|--all-tags)$/.test(word))) return null;
      const image = words.slice(2).find((word) => !word.startsWith('-') && word !== 'push');
      if (image !== undefined) pushes.push({ image: filled(image), span: command.span });
    } else if (/^docker (buildx )?build\b/.test(line) && words.includes('--push')) {
      words.forEach((word, index) => {
        if (/^(-t|--tag)$/.test(word))
          pushes.push({ image: filled(words[index + 1] ?? ''), span: command.span });
        else if (word.startsWith('--tag=')) pushes.push({ image: filled(word.slice(6)), span: command.span });
      });
    } else if (
      /^(gcloud builds submit|az acr build|ko build|pack build|skaffold build|jib|earthly|buildah|crane)\b/.test(
        line,
      )
    ) {
      return null;
    } else if (/^docker[ -]compose (\S+ )*(push|build)\b/.test(line) || /^docker buildx bake\b/.test(line)) {
      return null;
    }
  }
  return pushes;
}

/** Jobs that are over before a job starts, in its run: those that it or its callers need, with the jobs inside them. */
export function jobsBefore(set: WorkflowSet, facts: JobFacts): readonly JobFacts[] {
  const found = new Set<JobFacts>();
  const add = (job: JobFacts): void => {
    if (found.has(job) || job === facts) return;
    found.add(job);
    const { calls } = job;
    if (calls) for (const inside of set.jobs) if (inside.workflow === calls) add(inside);
  };
  for (const chain of callChainsOf(set, facts)) {
    for (const link of chain) for (const ancestor of set.ancestorsOf(link)) add(ancestor);
  }
  return [...found].filter((job) => job.calls === null);
}

/** Jobs of the workflows after which the job's own runs by `workflow_run`. */
export function jobsOfRunBefore(set: WorkflowSet, facts: JobFacts): readonly JobFacts[] {
  const roots = new Set(callChainsOf(set, facts).map((chain) => (chain[chain.length - 1] ?? facts).workflow));
  const before = [...roots].flatMap((workflow) => chainedFrom(set, workflow));
  if (before.length === 0) return [];
  const called = set.jobs.flatMap((job) => (before.includes(job.workflow) ? (job.calls ?? []) : []));
  return set.jobs.filter((job) => job.calls === null && [...before, ...called].includes(job.workflow));
}

/** Whether a job makes something that can be deployed. */
export function makesSomething(facts: JobFacts): boolean {
  return hasPurpose(facts, 'build') || hasPurpose(facts, 'package');
}
