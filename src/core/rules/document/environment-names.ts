import { blocksOf } from '../../documents/markdown/parse';
import { readTable } from '../../documents/markdown/parts';
import { holdsPlaceholder } from '../../documents/markdown/placeholders';
import type { ReadDocument } from '../../documents/document';
import { environmentColumns } from '../../documents/environment-matrix/columns';
import type { Span } from '../../text/position';
import type { FindingEvidence, GateFacts } from '../rule';

/** Words that name the same environment. */
const SAME: readonly (readonly string[])[] = [
  ['production', 'prod', 'live'],
  ['staging', 'stage', 'stg'],
  ['development', 'dev'],
  ['test', 'testing'],
];

/** An environment's name as it is compared: "Production (EU)" and "prod-eu" are one. */
export function sameEnvironment(name: string): string {
  return name
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '' && word !== 'environment' && word !== 'env')
    .map((word) => SAME.find((words) => words.includes(word))?.[0] ?? word)
    .join(' ');
}

/** A row of a matrix. */
export interface MatrixRow {
  readonly name: string;
  readonly span: Span;
}

/** The environments that a matrix lists. */
export function rowsOfMatrix(document: ReadDocument): readonly MatrixRow[] {
  return readTable(blocksOf(document, 'environments'), environmentColumns)
    .map(({ cells, cellSpan }) => ({ name: cells.environment.trim(), span: cellSpan('environment') }))
    .filter(({ name }) => name !== '' && !holdsPlaceholder(name));
}

/** An environment that something of the repository deploys to, or that the configuration lists. */
export interface DeployedEnvironment {
  readonly name: string;
  readonly evidence: readonly FindingEvidence[];
}

/**
 * The environments of jobs that deploy, and those of the configuration, each once. `isComplete` is false where a deploying
 * job has no environment or one that no file bounds, or a workflow cannot be read.
 */
export function deployedEnvironments({ workflows, environments, unreadWorkflows = [] }: GateFacts): {
  readonly known: readonly DeployedEnvironment[];
  readonly isComplete: boolean;
} {
  const found = new Map<string, { name: string; evidence: FindingEvidence[] }>();
  let isComplete = unreadWorkflows.length === 0;
  const entry = (name: string) => {
    const known = found.get(name.toLowerCase()) ?? { name, evidence: [] };
    found.set(name.toLowerCase(), known);
    return known;
  };
  for (const name of [...environments.production, ...environments.other]) entry(name);
  for (const { target, environmentNames, workflow, job } of workflows?.jobs ?? []) {
    if (target === null) continue;
    // A job without environment deploys somewhere all the same, by whatever its script calls it.
    if (environmentNames === null || environmentNames.length === 0) {
      isComplete = false;
      continue;
    }
    for (const name of environmentNames) {
      entry(name).evidence.push({
        message: `The job ${job.id.value} deploys to it`,
        path: workflow.path,
        span: job.environment?.name.span ?? job.id.span,
      });
    }
  }
  return { known: [...found.values()], isComplete };
}
