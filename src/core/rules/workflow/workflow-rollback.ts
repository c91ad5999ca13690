import { fileSource, type Source } from '../../evidence/fact';
import type { Span } from '../../text/position';
import type { JobFacts, StepCommand, WorkflowSet } from '../../workflow/understanding';
import { evidenceOf, hasPurpose, productionPathOf, quoted } from './production-path';
import { takesBack, waysBackIn } from './ways-back';

/** How the workflows of a repository deploy and go back, for judging whether a rollback is credible. */
export interface WorkflowRollbackFacts {
  readonly deploys: boolean;
  readonly callsScript: boolean;
  readonly wayBack: { readonly what: string; readonly sources: readonly Source[] } | null;
  readonly oldOnNewSchema: { readonly what: string; readonly sources: readonly Source[] } | null;
}

/** What a checkout of the version before names. */
const EARLIER =
  /\bprevious\b|\b(?:last|prev|old|stable|released|baseline)[-_.]?\w*(?:version|tag|release|sha|ref)?\b|\bgit describe\b|\bHEAD[~^]|release(?:s)?[/-]latest|\blatest[-_]release\b/i;

const MIGRATES =
  /\b(?:db:migrate|migrate(?::latest|:run| deploy| up)?|migration:run|upgrade head|(?:flyway|sqlx|atlas|dbmate|goose)\b.*\b(?:migrate|up|run|apply)|liquibase\b.*\bupdate|database update)\b/i;

/**
 * @param script The deploy script that was read, by its path; null for none.
 */
export function workflowRollback(set: WorkflowSet, script: string | null): WorkflowRollbackFacts {
  const path = productionPathOf(set);
  const deploying = [...path.production, ...path.unknownTarget];
  const name = script === null ? null : script.split('/').pop();
  const callsScript = deploying.some(
    ({ commands }) =>
      name !== null &&
      commands.some(({ words }) => words.some((word) => word === name || word.endsWith(`/${name}`))),
  );
  const way = waysBackIn(set).find((each) => deploying.some((facts) => takesBack(each, facts)));
  return {
    deploys: deploying.length > 0,
    callsScript,
    wayBack: way
      ? {
          what: `the job ${quoted(way.job)} of ${way.workflow.path} can put an earlier version back`,
          sources: [
            placeIn(
              way,
              (hasPurpose(way, 'rollback') ? evidenceOf(way, 'rollback') : evidenceOf(way, 'deploy'))[0]
                ?.span ?? way.job.id.span,
            ),
          ],
        }
      : null,
    oldOnNewSchema: oldOnNewSchema(set),
  };
}

/** A job that migrates, then takes the version before out of the history, then tests. */
function oldOnNewSchema(set: WorkflowSet): WorkflowRollbackFacts['oldOnNewSchema'] {
  for (const facts of set.jobs) {
    const migrated = facts.commands.find(({ words }) => MIGRATES.test(words.join(' ')));
    const old = migrated ? checkoutOfEarlier(facts, migrated) : null;
    if (!migrated || old === null) continue;
    const tests = (['unit', 'smoke', 'end-to-end'] as const)
      .flatMap((purpose) => evidenceOf(facts, purpose))
      .find(
        ({ stepIndex, span }) =>
          (stepIndex ?? -1) > old.step || ((stepIndex ?? -1) === old.step && span.start > old.at),
      );
    if (!tests) continue;
    return {
      what: `the job ${quoted(facts.job)} of ${facts.workflow.path} tests the version before on the migrated schema`,
      sources: [placeIn(facts, tests.span)],
    };
  }
  return null;
}

function checkoutOfEarlier(
  facts: JobFacts,
  migrated: StepCommand,
): { readonly step: number; readonly at: number } | null {
  const command = facts.commands.find(
    ({ words, step, span }) =>
      words[0] === 'git' &&
      /^(?:checkout|switch|worktree|reset)$/.test(words[1] ?? '') &&
      EARLIER.test(words.slice(2).join(' ')) &&
      (step.index > migrated.step.index ||
        (step.index === migrated.step.index && span.start > migrated.span.start)),
  );
  if (command) return { step: command.step.index, at: command.span.start };
  const step = facts.job.steps.find(
    (each) =>
      each.index > migrated.step.index &&
      /^actions\/checkout@/i.test(each.uses?.value ?? '') &&
      each.with.some(({ name, value }) => name.value.toLowerCase() === 'ref' && EARLIER.test(value.text)),
  );
  return step ? { step: step.index, at: 0 } : null;
}

function placeIn(facts: JobFacts, span: Span): Source {
  return fileSource(facts.workflow.path, facts.workflow.lines.rangeOf(span));
}
