import { markdownText } from '../../core/documents/markdown/write';
import type { DraftModel } from '../../core/ports';
import {
  TaskFailure,
  type OtherRepository,
  type Task,
  type TaskInput,
  type TaskResult,
} from '../../core/tasks/task';
import { unifiedDifference } from '../../core/text/difference';
import { shownPath } from '../../core/text/proposal';
import type { Proposal, Proposals } from '../proposals/proposals';
import type { Repository } from '../repositories';
import { describeResult, offerResult, placesOf } from './describe-result';
import { fenced, sentenceMarkdown } from './markdown-parts';
import { isCancellation, type Outcome } from './outcome';
import { notTold } from './prompt-inputs';
import type { Reply } from './reply';

/** Improves the prose of a result inside its structure; says in `note` what became of it. */
export type ImproveProse = (
  result: TaskResult,
  model: DraftModel,
  signal: AbortSignal,
) => Promise<{ readonly result: TaskResult; readonly note: string }>;

/** What answering needs besides the task. */
export interface TaskDesk {
  readonly repository: Repository;
  /** Looked at together with it, by a task that takes several. */
  readonly others?: readonly Repository[];
  readonly proposals: Proposals;
  /** Null: nobody has a model, or the person does not want its words. */
  readonly model: DraftModel | null;
  readonly improveProse: ImproveProse;
}

/**
 * Runs a task and says its whole deterministic result with its buttons; then, with a model, lets it improve the prose
 * and shows exactly what that would change, as a proposal of its own. A model that fails costs one sentence.
 */
export async function answerTask(
  task: Task,
  ask: { readonly inputs: Readonly<Record<string, string>>; readonly prompt: string },
  reply: Reply,
  desk: TaskDesk,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    reply.progress(`Reading ${desk.repository.name}`);
    const opened = await desk.repository.world();
    if (!opened.ok) {
      reply.markdown(`${opened.message}\n`);
      return { kind: 'stopped', message: opened.message };
    }
    const others: OtherRepository[] = [];
    for (const repository of task.takesSeveral ? (desk.others ?? []) : []) {
      const other = await repository.world();
      if (!other.ok) {
        reply.markdown(`${other.message}\n`);
        return { kind: 'stopped', message: other.message };
      }
      others.push({ name: repository.name, world: other.world });
    }
    signal.throwIfAborted();
    const result = await task.run(opened.world, {
      inputs: ask.inputs,
      ...(others.length > 0 ? { name: desk.repository.name, others } : {}),
      signal,
      report: (message, sources = []) => {
        reply.progress(message);
        for (const place of placesOf(sources)) reply.reference(place);
      },
    });
    signal.throwIfAborted();
    const proposal = desk.proposals.add(desk.repository.key, result);
    const missing = notTold(task.inputs, ask.inputs);
    describeResult(result, reply);
    describeNotTold(missing, reply);
    const improved = await improve(result, reply, desk, signal);
    const offered = improved ?? proposal;
    offerResult(offered.result, offered.id, reply);
    if (improved) reply.button({ kind: 'apply-original', proposal: proposal.id });
    if (missing.length > 0) reply.button({ kind: 'answer', task: task.id, prompt: ask.prompt });
    return { kind: 'answered', proposal: offered.id, next: result.next };
  } catch (error) {
    if (isCancellation(error, signal)) return { kind: 'cancelled' };
    if (!(error instanceof TaskFailure)) throw error;
    reply.markdown(`${error.message}\n`);
    return { kind: 'stopped', message: error.message };
  }
}

function describeNotTold(missing: readonly TaskInput[], reply: Reply): void {
  if (missing.length === 0) return;
  reply.markdown('**Not told**, and not to be read from the repository:\n\n');
  for (const input of missing) reply.markdown(`- \`${input.name}:\` ${sentenceMarkdown(input.question)}\n`);
  reply.markdown('\nAdd them after the command and run it again, or answer now.\n\n');
}

/** The improved proposal; null where nothing came of it. No progress here: see `Reply` for the order of parts. */
async function improve(
  result: TaskResult,
  reply: Reply,
  desk: TaskDesk,
  signal: AbortSignal,
): Promise<Proposal | null> {
  if (desk.model === null || result.prose === null || result.prose.slots.length === 0) return null;
  const { result: improved, note } = await desk.improveProse(result, desk.model, signal);
  signal.throwIfAborted();
  if (note !== '') reply.markdown(`\n${note}\n\n`);
  const before = new Map(result.files.map((file) => [shownPath(file), file.after]));
  const changed = improved.files.filter((file) => before.get(shownPath(file)) !== file.after);
  if (changed.length === 0) return null;
  const proposal = desk.proposals.add(desk.repository.key, improved);
  reply.markdown(`What ${markdownText(desk.model.name)} would change in the text above:\n\n`);
  for (const file of changed) {
    const difference = unifiedDifference({ ...file, before: before.get(shownPath(file)) ?? null });
    reply.markdown(`${fenced(difference, 'diff').markdown}\n`);
  }
  return proposal;
}
