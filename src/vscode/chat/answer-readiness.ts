import type { TaskInput } from '../../core/tasks/task';
import { describeReadiness } from '../readiness/describe-readiness';
import type { AskedRelease, ReleaseJudge, ReleaseJudgement } from '../readiness/release-judge';
import type { WorkspaceRepository } from '../workspace-world';
import { placesOf } from './describe-result';
import type { NextStep } from './outcome';
import { readPromptInputs } from './prompt-inputs';
import type { Reply } from './reply';

/** The slash command, and the name of its prompt file and skill. */
export const READINESS_COMMAND = 'is-this-release-ready';

/** What the command may be told. */
export const READINESS_INPUTS: readonly TaskInput[] = [
  { name: 'version', question: 'Which version is released?', isAsked: false },
  { name: 'environment', question: 'Where is it released to?', isAsked: false },
];

/** Version and environment out of a prompt: named, or as people say them: "2.4.0 to production". */
export function readAskedRelease(prompt: string): AskedRelease {
  const { version, environment } = readPromptInputs(prompt, READINESS_INPUTS);
  return {
    version: version ?? /(?:^|\s)(v?\d+\.\d+[\w.+-]*\w)(?=$|[\s,;?!.])/.exec(prompt)?.[1] ?? null,
    environment: environment ?? /\b(?:to|for|in|on)\s+([a-z][\w-]*)\b[?.!]?\s*$/i.exec(prompt)?.[1] ?? null,
  };
}

/** Judges a release and says the engine's word with its reasons; null where there is none, which is said too. */
export async function answerReadiness(
  repository: WorkspaceRepository,
  asked: AskedRelease,
  reply: Reply,
  judge: ReleaseJudge,
  signal: AbortSignal,
): Promise<ReleaseJudgement | null> {
  reply.progress(`Reading ${repository.name}`);
  const answer = await judge.judge(
    repository,
    asked,
    {
      signal,
      report: (message, sources = []) => {
        reply.progress(message);
        for (const place of placesOf(sources)) reply.reference(place);
      },
    },
    null,
    true,
  );
  if (answer.kind === 'not-judged') {
    reply.markdown(`${answer.message}\n`);
    return null;
  }
  describeReadiness(answer.judgement, reply);
  reply.button({ kind: 'show-readiness', folder: repository.key });
  return answer.judgement;
}

/** What comes next for a verdict. */
export function nextAfter({ view }: ReleaseJudgement): readonly NextStep[] {
  const steps = view.reasons
    .flatMap((reason) => reason.steps)
    .concat(view.actions.flatMap((each) => each.steps));
  return [
    ...(steps.some(({ kind }) => kind === 'write-plan')
      ? [{ task: 'release-plan-from-change', label: 'Plan the release' } as const]
      : []),
    ...(steps.some(({ kind }) => kind === 'write-runbook')
      ? [{ task: 'runbook-for-deployment', label: 'Write the runbook' } as const]
      : []),
    { task: 'check', label: 'Check the workspace' },
  ];
}
