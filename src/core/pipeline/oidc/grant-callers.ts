import type { Job, Workflow } from '../../workflow/model';
import { readWorkflow } from '../../workflow/read';
import { runOperations } from '../operations';
import { grantIdToken, type TokenNeeds } from './id-token';
import type { WorkflowMeaning } from './rewrite/conversion';

/** Callers with the permission that their called workflow asks for now. */
export interface GrantedCallers {
  /** New texts by path; only those that changed. */
  readonly texts: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

/** GitHub nests calls ten deep at most. */
const MAX_DEPTH = 10;

/**
 * A called workflow gets no more than its caller grants, and one that asks for more does not start: each local job
 * that calls one of `secured`, and its callers in turn, is given `id-token: write`.
 * https://docs.github.com/actions/reference/workflows-and-actions/reusing-workflow-configurations
 */
export function grantCallers(
  secured: readonly string[],
  before: ReadonlyMap<string, string>,
  understand: (path: string, text: string) => WorkflowMeaning,
): GrantedCallers {
  const texts = new Map<string, string>();
  const notes: string[] = [];
  const current = (path: string): string => texts.get(path) ?? before.get(path) ?? '';
  let called: readonly string[] = secured.filter((path) => isCallable(readWorkflow(path, current(path))));
  for (const path of called) {
    notes.push(
      `${path} can be called by other workflows: a caller outside this repository has to grant \`id-token: write\` on its calling job, else the call does not start; secrets that callers still pass may be dropped after the switch`,
    );
  }
  const done = new Set(called);
  for (let depth = 0; depth < MAX_DEPTH && called.length > 0; depth++) {
    const next: string[] = [];
    for (const path of before.keys()) {
      for (const callee of called) {
        const jobs = readWorkflow(path, current(path)).jobs.filter((job) => callsLocal(job, callee));
        for (const { id } of jobs) {
          // The text may have changed since the job was read.
          const workflow = readWorkflow(path, current(path));
          const job = workflow.jobs.find((other) => other.id.value === id.value);
          if (!job) continue;
          const grant = grantIdToken(workflow, job, needsOfCalled(understand(callee, current(callee))));
          const result = runOperations(current(path), grant.operations);
          if (!result.ok) {
            notes.push(
              `${path}: job "${id.value}" calls ${callee} and needs \`id-token: write\`; ${result.reason}`,
            );
            continue;
          }
          if (result.text === current(path)) continue;
          texts.set(path, result.text);
          notes.push(...grant.notes.map((note) => `${path}: ${note}`));
          if (isCallable(workflow) && !done.has(path)) next.push(path);
        }
      }
    }
    for (const path of next) done.add(path);
    called = next;
  }
  return { texts, notes };
}

function isCallable(workflow: Workflow): boolean {
  return workflow.triggers.some((trigger) => trigger.event === 'workflow_call');
}

function callsLocal(job: Job, path: string): boolean {
  return job.uses?.value.trim() === `./${path}`;
}

/** What the jobs of a called workflow ask for, together. */
function needsOfCalled(meaning: WorkflowMeaning): TokenNeeds {
  const needed = new Map<string, 'read' | 'write'>();
  let isSure = true;
  const add = (scope: string, access: string): void => {
    if (access === 'write') needed.set(scope, 'write');
    else if (access === 'read' && !needed.has(scope)) needed.set(scope, 'read');
  };
  for (const job of meaning.workflow.jobs) {
    const permissions = job.permissions ?? meaning.workflow.permissions;
    if (permissions?.kind === 'scopes') {
      for (const { scope, access } of permissions.entries) add(scope.value, access.value);
      continue;
    }
    const needs = meaning.needsOf(job);
    for (const [scope, access] of needs.needed) add(scope, access);
    if (!needs.isSure || permissions) isSure = false;
  }
  return { needed, isSure };
}
