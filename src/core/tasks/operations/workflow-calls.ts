import { fileSource, type Source } from '../../evidence/fact';
import { hasPurpose, onlyRollsBack, productionPathOf } from '../../rules/workflow/production-path';
import {
  deploysChosenVersion,
  isCalledRollback,
  restores,
  takesBack,
  versionInputsOf,
  waysBackIn,
} from '../../rules/workflow/ways-back';
import type { Workflow, WorkflowInput } from '../../workflow/model';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';

/** A workflow that a person can start, as the command that starts it. */
export interface WorkflowCall {
  readonly path: string;
  readonly command: string;
  /** Waits for the run that was started last. */
  readonly watch: string;
  readonly job: string;
  readonly sources: readonly Source[];
}

const ENVIRONMENT_INPUT = /^(?:(?:target|deploy)[-_]?)?(?:env|environment|stage|target)(?:[-_]?name)?$/i;

/** The workflows that deploy production, outermost first where one calls another, each once. */
export function deployingWorkflows(set: WorkflowSet): readonly Workflow[] {
  const path = productionPathOf(set);
  const outer = [...path.production, ...path.unknownTarget].flatMap((facts) =>
    set.chainsOf(facts).map((chain) => (chain[chain.length - 1] ?? facts).workflow),
  );
  return [...new Set(outer)];
}

/** How the pipeline deploys a version that a person chooses; null where no workflow can be started so. */
export function deployCall(set: WorkflowSet): WorkflowCall | null {
  const { production, unknownTarget } = productionPathOf(set);
  for (const facts of [...production, ...unknownTarget]) {
    if (onlyRollsBack(facts) || isCalledRollback(set, facts)) continue;
    const call = callOf(set, facts, '${VERSION}');
    if (call) return call;
  }
  return null;
}

/**
 * How a workflow puts an earlier version back when a person starts it: one that rolls back, or one that deploys a chosen
 * version without building it again. Null where there is none.
 */
export function rollbackCall(set: WorkflowSet): WorkflowCall | null {
  const path = productionPathOf(set);
  const deploying = [...path.production, ...path.unknownTarget];
  const ways = waysBackIn(set).filter(
    (way) =>
      deploying.some((facts) => takesBack(way, facts)) &&
      // What only runs when a deployment before it in the same run failed cannot be started.
      restores(set, way).length === 0,
  );
  const rank = (way: JobFacts): number => (onlyRollsBack(way) || isCalledRollback(set, way) ? 0 : 1);
  for (const way of [...ways].sort((one, other) => rank(one) - rank(other))) {
    const builds = [way, ...set.ancestorsOf(way)].some(
      (facts) => hasPurpose(facts, 'build') || hasPurpose(facts, 'package'),
    );
    if (rank(way) === 1 && (builds || !deploysChosenVersion(set, way))) continue;
    const call = callOf(set, way, '${PREVIOUS_VERSION}');
    if (call) return call;
  }
  return null;
}

function callOf(set: WorkflowSet, facts: JobFacts, version: string): WorkflowCall | null {
  for (const chain of set.chainsOf(facts)) {
    const { workflow } = chain[chain.length - 1] ?? facts;
    const dispatch = workflow.triggers.find(({ event }) => event === 'workflow_dispatch');
    if (!dispatch || !/^\.github\/workflows\/[\w.-]+$/.test(workflow.path)) continue;
    const versions = new Set(versionInputsOf(set, facts));
    const file = workflow.path.slice(workflow.path.lastIndexOf('/') + 1);
    const fields = dispatch.inputs.flatMap((input) => fieldOf(input, versions, version));
    return {
      path: workflow.path,
      command: ['gh workflow run', file, ...fields].join(' '),
      watch: `gh run watch "$(gh run list --workflow ${file} --limit 1 --json databaseId --jq '.[0].databaseId')" --exit-status`,
      job: facts.job.id.value,
      sources: [fileSource(workflow.path, workflow.lines.rangeOf(dispatch.span))],
    };
  }
  return null;
}

/** What is given to one input: the version, the environment, a parameter of its own name where it has no default. */
function fieldOf(input: WorkflowInput, versions: ReadonlySet<string>, version: string): readonly string[] {
  const name = input.name.value;
  if (!/^[A-Za-z_][\w-]*$/.test(name)) return [];
  if (versions.has(name)) return [`-f ${name}="${version}"`];
  if (input.type === 'environment' || ENVIRONMENT_INPUT.test(name)) return [`-f ${name}="\${ENV}"`];
  if (!input.isRequired || input.defaultValue !== null) return [];
  const parameter = name.replace(/-/g, '_').toUpperCase();
  return [`-f ${name}="\${${parameter}}"`];
}
