import { removeEntry } from '../../workflow/edit';
import { replaceBehindCommand } from '../../workflow/script-edit';
import type { JobFacts, Purpose, PurposeEvidence, WorkflowSet } from '../../workflow/understanding';
import type { Fix, RuleFinding, WorkflowRule } from '../rule';
import {
  canFail,
  countsAsTest,
  guardsOf,
  hasStatusFunction,
  placeOf,
  testsIn,
  testsInDeployment,
} from './guards';
import {
  evidenceOf,
  productionChainsOf,
  productionPathOf,
  quoted,
  whyItDeploys,
  type CallChain,
} from './production-path';

/** Work that is no question to anybody: a job that does it is no gate. */
const WORK: readonly Purpose[] = ['build', 'package', 'publish', 'deploy', 'rollback', 'notify'];
/** What other rules ask of the way to production. */
const OTHERS: readonly Purpose[] = ['unit', 'end-to-end', 'smoke', 'lint', 'scan', 'verify'];

/**
 * A gate stands on the way to production and is waited for, and what it says does not count: its failure is swallowed
 * in its own steps, or a condition starts production without it.
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'gate-defeated-by-condition',
  title: 'A gate before production is defeated',
  severity: 'block',
  why: 'A gate that is waited for looks like one; where its failure is swallowed, or a condition starts the deployment all the same, it stops nothing, and nobody sees that it does not.',
  check(set) {
    const seen = new Set<string>();
    return productionPathOf(set)
      .production.flatMap((facts) => productionChainsOf(set, facts).flatMap((chain) => judge(set, chain)))
      .filter((finding) => {
        // Two production jobs behind one gate are one fault.
        const key = `${finding.path} ${finding.span?.start ?? ''}`;
        return !seen.has(key) && seen.add(key);
      });
  },
};

function judge(set: WorkflowSet, chain: CallChain): readonly RuleFinding[] {
  return [...swallowedTests(set, chain), ...defeatedGuards(set, chain)];
}

/** Tests that production waits for and whose failure cannot fail their job: blocking where no other test can. */
function swallowedTests(set: WorkflowSet, chain: CallChain): readonly RuleFinding[] {
  const [facts] = chain;
  const waitedFor = guardsOf(set, chain).filter(
    ({ guard, state }) => state.kind === 'holds' && countsAsTest(facts, guard),
  );
  const own = testsInDeployment(facts);
  const all = [
    ...waitedFor.map(({ guard }) => ({ owner: guard, tests: testsIn(facts, guard) })),
    ...(own.length > 0 ? [{ owner: facts, tests: own }] : []),
  ];
  const isGated = all.some(({ owner, tests }) => tests.some((evidence) => canFail(owner, evidence)));
  return all.flatMap(({ owner, tests }): RuleFinding[] => {
    const first = tests.find((evidence) => !canFail(owner, evidence));
    // A job of which some tests can fail it is one that does what it is for.
    if (!first || tests.some((evidence) => canFail(owner, evidence))) return [];
    return [swallowedFinding(facts, owner, first, isGated)];
  });
}

function swallowedFinding(
  facts: JobFacts,
  owner: JobFacts,
  evidence: PurposeEvidence,
  isGated: boolean,
): RuleFinding {
  const step = owner.job.steps.find((candidate) => candidate.index === evidence.stepIndex);
  const forgiven = step?.continueOnError?.value === 'false' ? null : (step?.continueOnError ?? null);
  const who =
    owner === facts
      ? `${quoted(facts.job)} tests before it deploys, and its tests cannot fail it`
      : `${quoted(facts.job)} waits for ${quoted(owner.job)}, whose tests cannot fail it`;
  const fix = forgiven && step ? withoutTolerance(owner, step.body) : withoutSwallowing(owner, evidence);
  return {
    path: owner.workflow.path,
    span: forgiven?.span ?? (evidence.path === owner.workflow.path ? evidence.span : owner.job.id.span),
    status: 'fail',
    ...(isGated ? { severity: 'warn' as const } : {}),
    message: forgiven
      ? `${who}: take \`continue-on-error\` away from the step that tests`
      : `${who}, since the script goes on whatever they end with: let their failure end the script`,
    evidence: whyItDeploys(facts),
    ...(fix ? { fix } : {}),
  };
}

function withoutTolerance(owner: JobFacts, step: JobFacts['job']['steps'][number]['body']): Fix | null {
  const { workflow } = owner;
  const result = removeEntry(workflow.text, step, 'continue-on-error');
  if (!result.ok) return null;
  return {
    kind: 'proposed',
    title: `Let the step that tests fail ${quoted(owner.job)}`,
    edits: [{ path: workflow.path, edits: result.edits }],
  };
}

/** Takes `|| true` away where it stands right behind the command, on its line. */
function withoutSwallowing({ workflow, job, commands }: JobFacts, evidence: PurposeEvidence): Fix | null {
  const command = commands.find(
    ({ step, span }) => step.index === evidence.stepIndex && span.start === evidence.span.start,
  );
  if (evidence.path !== workflow.path || !command) return null;
  const pattern = /^[ \t]*\|\|[ \t]*(true|:)(?=[ \t]*(\r?\n|$))/;
  const edits = replaceBehindCommand(workflow, command, pattern, () => '');
  if (!edits) return null;
  return {
    kind: 'proposed',
    title: `Let the failure of ${quoted(job)}'s tests end the script`,
    edits: [{ path: workflow.path, edits }],
  };
}

/** Jobs made to stop a release, which production needs and can start without. */
function defeatedGuards(set: WorkflowSet, chain: CallChain): readonly RuleFinding[] {
  const [facts] = chain;
  const proof = set.proofOf(chain);
  const links = [...new Set(chain.map((link) => link.workflow))];
  for (const guard of links.flatMap((workflow) => set.jobsOf(workflow))) {
    if (chain.includes(guard) || !proof.isAncestor(guard) || !isGuard(guard)) continue;
    const verdict = proof.without(guard);
    if (verdict.kind === 'holds') continue;
    const link = chain.find(({ job }) => hasStatusFunction(job.condition)) ?? facts;
    const base = { path: link.workflow.path, span: placeOf(link) } as const;
    const evidence = [
      {
        message: `${quoted(guard.job)} is there to stop a release: ${refusalOf(guard) ?? ''}`,
        path: guard.workflow.path,
        span: guard.job.id.span,
      },
      ...whyItDeploys(facts),
    ];
    if (verdict.kind === 'unknown') {
      return [
        {
          ...base,
          status: 'unknown',
          severity: 'warn',
          message: `Whether ${quoted(facts.job)} can start though ${quoted(guard.job)} refuses is not known: ${verdict.because}`,
          evidence,
        },
      ];
    }
    return [
      {
        ...base,
        status: 'fail',
        message: `${quoted(facts.job)} needs ${quoted(guard.job)} and can start though that did not succeed: ask for \`needs.${guard.job.id.value}.result == 'success'\` in its \`if\`, or take \`always()\`, \`failure()\` and \`cancelled()\` out of it`,
        evidence,
        counterexample: verdict.counterexample,
      },
    ];
  }
  return [];
}

/** A job that does no work and can say no: on evidence in its steps, never by its name. */
function isGuard(facts: JobFacts): boolean {
  const hasAny = (purposes: readonly Purpose[]): boolean =>
    purposes.some((purpose) => evidenceOf(facts, purpose, 'weak').length > 0);
  return facts.calls === null && !hasAny(WORK) && !hasAny(OTHERS) && refusalOf(facts) !== null;
}

/** How a job says no, as a message quotes it: an `exit` with a failure that hangs on something, or `core.setFailed`. */
function refusalOf({ job, commands }: JobFacts): string | null {
  const exits = commands.find(
    ({ words, isConditional }) => isConditional && words[0] === 'exit' && /^[1-9]\d*$/.test(words[1] ?? ''),
  );
  if (exits) return `it runs \`${exits.words.join(' ')}\` where something does not hold`;
  const script = job.steps.some(
    (step) =>
      /^actions\/github-script@/i.test(step.uses?.value ?? '') &&
      step.with.some(({ name, value }) => name.value === 'script' && /\bsetFailed\s*\(/.test(value.text)),
  );
  return script ? 'its script calls `setFailed`' : null;
}
