import { enumerated } from '../../text/words';
import type { Trigger, Workflow } from '../../workflow/model';
import type { CallChain } from '../../workflow/call-chains';

/** By what a workflow starts, as people say it: `a push of tags v* or a person`. */
export function startsOf({ triggers }: Workflow): string {
  const words = triggers.flatMap((trigger) => startOf(trigger) ?? []);
  return words.length === 0 ? 'nothing that the file says' : enumerated([...new Set(words)], 'or');
}

/** Null for `workflow_call`: its callers start it. */
function startOf(trigger: Trigger): string | null {
  const filters = [
    named('branches', trigger.branches),
    named('branches other than', trigger.branchesIgnore),
    named('tags', trigger.tags),
    named('tags other than', trigger.tagsIgnore),
  ].filter((filter) => filter !== null);
  const on = filters.length === 0 ? '' : ` of ${enumerated(filters, 'and')}`;
  switch (trigger.event) {
    case 'push':
      return `a push${on === '' ? ' of any branch or tag' : on}`;
    case 'pull_request':
    case 'pull_request_target':
      return `a pull request${trigger.branches ? ` to ${named('branches', trigger.branches) ?? ''}` : ''}`;
    case 'workflow_dispatch':
      return 'a person';
    case 'schedule':
      return 'a schedule';
    case 'release':
      return `a release${
        trigger.types
          ? ` that is ${enumerated(
              trigger.types.map(({ value }) => value),
              'or',
            )}`
          : ''
      }`;
    case 'workflow_run':
      return `a run of ${
        enumerated(
          (trigger.workflows ?? []).map(({ value }) => value),
          'or',
        ) || 'another workflow'
      }`;
    case 'workflow_call':
      return null;
    default:
      return trigger.event;
  }
}

function named(what: string, names: Trigger['branches']): string | null {
  if (!names || names.length === 0) return null;
  const noun = names.length === 1 ? what.replace(/^branches/, 'branch').replace(/^tags/, 'tags') : what;
  return `${noun} ${enumerated(
    names.map(({ value }) => value),
    'and',
  )}`;
}

/** By what the outermost workflow of a chain of calls starts, with the job's own condition where it has one. */
export function startsInChain(chain: CallChain): string {
  const outer = chain.at(-1) ?? chain[0];
  const conditions = chain.flatMap(({ job }) => job.condition?.value.trim() ?? []);
  const condition = conditions.map((text) => text.replace(/^\$\{\{\s*|\s*\}\}$/g, '').replace(/\s+/g, ' '));
  return `by ${startsOf(outer.workflow)}${condition.length > 0 ? `, if ${condition.join(' and ').slice(0, 160)}` : ''}`;
}
