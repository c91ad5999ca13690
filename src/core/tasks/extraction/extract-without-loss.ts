import {
  extractRepeatedJobs,
  type Extraction,
  type ExtractionRequest,
  type ExtractionResult,
} from '../../pipeline/extract/extract';
import type { ExtractedRepository } from './repositories';
import { placeKey, type JobPlace, type ProposedState } from './verdict-kept';

/**
 * Extracts what no repository's verdict is worse for; the groups that would make one worse are left alone.
 */
export async function extractWithoutLoss(
  request: ExtractionRequest,
  repositories: readonly ExtractedRepository[],
  signal: AbortSignal,
): Promise<ExtractionResult> {
  const refused = new Map<string, string>();
  for (;;) {
    signal.throwIfAborted();
    const result = extractRepeatedJobs({ ...request, refused });
    if (result.extractions.length === 0) return result;
    if ((await whyWorse(result, request, repositories, signal)) === null) return result;
    // One by one, each on top of those that did no harm.
    const harmless = new Set<string>();
    const known = refused.size;
    for (const { key } of result.extractions) {
      signal.throwIfAborted();
      const tried = extractRepeatedJobs({ ...request, refused, only: new Set([...harmless, key]) });
      const reason = await whyWorse(tried, request, repositories, signal);
      if (reason === null) harmless.add(key);
      else refused.set(key, reason);
    }
    if (refused.size === known) throw new Error('extractions do harm together that none of them does');
  }
}

async function whyWorse(
  result: ExtractionResult,
  request: ExtractionRequest,
  repositories: readonly ExtractedRepository[],
  signal: AbortSignal,
): Promise<string | null> {
  for (const repository of repositories) {
    const state = stateOf(repository.name, result, request);
    if (state.texts.size === 0) continue;
    const reason = await repository.judge.worseWith(state, signal);
    if (reason !== null) return repository.name === '' ? reason : `in ${repository.name} ${reason}`;
  }
  return null;
}

/** What one repository would be, with what every new job and file stands for. */
function stateOf(
  repository: string,
  { extractions, changed }: ExtractionResult,
  request: ExtractionRequest,
): ProposedState {
  const moved = new Map<string, JobPlace[]>();
  const add = (to: JobPlace, from: JobPlace): void => {
    const places = moved.get(placeKey(to));
    if (places) places.push(from);
    else moved.set(placeKey(to), [from]);
  };
  const here = extractions.filter(({ callers }) =>
    callers.some((caller) => caller.repository === repository),
  );
  for (const { path, jobs, callers } of here) {
    for (const caller of callers.filter((each) => each.repository === repository)) {
      add({ path, job: null }, { path: caller.path, job: null });
      caller.jobs.forEach((job, index) => {
        add({ path, job: jobs[index] ?? '' }, { path: caller.path, job });
        add({ path: caller.path, job: caller.job }, { path: caller.path, job });
      });
    }
  }
  return {
    texts: new Map([
      ...here.map(({ path, text }) => [path, text] as const),
      ...changed
        .filter((file) => file.repository === repository)
        .map(({ path, after }) => [path, withLocalCalls(after, here, request)] as const),
    ]),
    movedFrom: moved,
  };
}

/**
 * The text with calls of the new workflows as if they stood beside it: the gate sees into no other repository, and what
 * it does not see must not pass for better.
 */
function withLocalCalls(
  text: string,
  extractions: readonly Extraction[],
  request: ExtractionRequest,
): string {
  return extractions.reduce(
    (reached, { repository, path }) => reached.replaceAll(request.referTo(repository, path), `./${path}`),
    text,
  );
}
