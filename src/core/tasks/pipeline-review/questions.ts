import type { ReviewedFinding, ReviewedQuestion } from '../../documents/pipeline-review/pipeline-review';
import type { Finding } from '../../gate/report';
import { productionPathOf } from '../../rules/workflow/production-path';
import type { Severity } from '../../rules/rule';
import { counted, enumerated } from '../../text/words';
import type { Purpose, WorkflowSet } from '../../workflow/understanding';
import { jobTitle } from '../environments/deployments';
import { blockingOf } from './stages';

/** A question of the review with the rules that answer it. */
interface Question {
  readonly question: string;
  readonly rules: readonly string[];
  /** It is about the way to production, so that nothing answers it where no job is known to deploy there. */
  readonly isOfProduction?: true;
  /** Jobs of this purpose have to be there and to be waited for. */
  readonly needs?: readonly Purpose[];
}

/** What a review asks, in the order in which it is read; each is answered by rules of the gate, and by nothing else. */
const QUESTIONS: readonly Question[] = [
  {
    question: 'Secrets stay out of logs, arguments and files',
    rules: ['secret-in-log', 'secret-in-argument', 'committed-secret'],
  },
  {
    question: 'Every job has the least privilege that it needs',
    rules: [
      'excessive-permissions',
      'inherited-secrets',
      'secret-outside-environment',
      'oidc-mis-scoped',
      'oidc-without-environment',
      'shared-credential',
    ],
  },
  {
    question: 'Credentials are short-lived',
    rules: [
      'long-lived-aws-key',
      'long-lived-azure-secret',
      'long-lived-gcp-key',
      'long-lived-deploy-credential',
    ],
  },
  {
    question: 'What is deployed is what was built and tested: integrity of the artifact',
    rules: [
      'artifact-not-promoted',
      'deploy-rebuilds',
      'no-provenance',
      'cross-run-artifact-unverified',
      'unverified-code-in-prod',
      'insecure-transport',
      'unsafe-trigger-reaches-prod',
    ],
    isOfProduction: true,
  },
  {
    question: 'The same commit gives the same artifact',
    rules: ['mutable-image-tag', 'unpinned-action', 'dispatch-any-ref'],
  },
  {
    question: 'Built once and promoted, not rebuilt',
    rules: ['artifact-not-promoted', 'deploy-rebuilds', 'rollback-rebuilds'],
    isOfProduction: true,
  },
  {
    question: 'Tests are there and block production',
    rules: ['prod-without-tests', 'toothless-check', 'gate-defeated-by-condition', 'flaky-retry'],
    isOfProduction: true,
    needs: ['unit', 'smoke', 'end-to-end'],
  },
  {
    question: 'Security scans are there and block production',
    rules: [],
    isOfProduction: true,
    needs: ['scan'],
  },
  {
    question: 'A check that fails stops the run',
    rules: ['toothless-check', 'gate-defeated-by-condition'],
  },
  {
    question: 'Somebody is told when a deployment fails',
    rules: ['silent-failure'],
    isOfProduction: true,
  },
  {
    question: 'Staging is deployed and verified before production',
    rules: ['prod-without-staging'],
    isOfProduction: true,
  },
  {
    question: 'Somebody can be made to approve production',
    rules: ['prod-without-environment', 'open-ended-environment', 'unknown-environment'],
    isOfProduction: true,
  },
  {
    question: 'Deployments do not run into each other, and end in time',
    rules: [
      'no-deploy-concurrency',
      'cancels-prod-deploy',
      'concurrency-does-not-serialise',
      'approval-blocks-queue',
      'no-deploy-timeout',
    ],
    isOfProduction: true,
  },
  {
    question: 'After the deployment something asks the system',
    rules: ['no-smoke-test'],
    isOfProduction: true,
  },
  {
    question: 'There is a way back, and it can be reached',
    rules: ['no-rollback-path', 'rollback-unreachable', 'rollback-without-target'],
    isOfProduction: true,
  },
];

/** What the verdicts go by. */
export interface ReviewedGate {
  readonly set: WorkflowSet;
  /** Of the workflows. */
  readonly findings: readonly Finding[];
  /** Rules that the configuration switched off: nothing is known of what they look at. */
  readonly off: ReadonlySet<string>;
  /** Workflow files that could not be read. */
  readonly unread: readonly string[];
}

/** The engine's answers. Unknown is never a pass, and a question of production is unknown where none is known. */
export function questionsOf(gate: ReviewedGate): readonly ReviewedQuestion[] {
  return QUESTIONS.map((question) => ({ question: question.question, ...answerTo(question, gate) }));
}

function answerTo(
  { rules, isOfProduction, needs }: Question,
  { set, findings, off, unread }: ReviewedGate,
): Pick<ReviewedQuestion, 'verdict' | 'evidence'> {
  const own = findings.filter(({ rule }) => rules.includes(rule));
  const failed = own.filter(({ status }) => status === 'fail');
  if (failed.length > 0) return { verdict: 'fail', evidence: shown(failed) };
  const { production } = productionPathOf(set);
  if (isOfProduction && production.length === 0)
    return { verdict: 'unknown', evidence: 'no job is known to deploy production' };
  const present = needs
    ? set.jobs.filter(({ purposes }) =>
        purposes.some(({ purpose, confidence }) => confidence !== 'weak' && needs.includes(purpose)),
      )
    : [];
  if (needs && present.length === 0)
    return unread.length > 0
      ? { verdict: 'unknown', evidence: `${enumerated(unread, 'and')} cannot be read` }
      : { verdict: 'fail', evidence: 'no job of the workflows does it' };
  if (needs) {
    const blocking = present.map((facts) => ({ facts, ...blockingOf(set, facts) }));
    if (!blocking.some(({ kind }) => kind === 'yes' || kind === 'deploys')) {
      const isOpen = blocking.some(({ kind }) => kind === 'unknown');
      return {
        verdict: isOpen ? 'unknown' : 'fail',
        evidence: `production is not shown to wait for ${enumerated(
          blocking.slice(0, 4).map(({ facts }) => jobTitle(facts)),
          'or',
        )}`,
      };
    }
  }
  const open = own.filter(({ status }) => status === 'unknown');
  if (open.length > 0) return { verdict: 'unknown', evidence: shown(open) };
  const isOff = rules.filter((rule) => off.has(rule));
  if (isOff.length > 0)
    return { verdict: 'unknown', evidence: `${enumerated(isOff, 'and')} switched off in the configuration` };
  if (unread.length > 0)
    return { verdict: 'unknown', evidence: `${enumerated(unread, 'and')} cannot be read` };
  const waived = own.filter(({ status }) => status === 'waived');
  const over = counted(set.workflows.length, 'workflow');
  const evidence = [
    ...(rules.length > 0 ? [`no finding of ${enumerated(rules, 'or')} in ${over}`] : []),
    ...(needs
      ? [
          `${enumerated(present.filter((facts) => ['yes', 'deploys'].includes(blockingOf(set, facts).kind)).map(jobTitle), 'and')} must succeed first`,
        ]
      : []),
  ].join('; ');
  // What somebody waived is their word, and no pass of the engine's.
  return waived.length > 0
    ? { verdict: 'unknown', evidence: `waived by a person: ${shown(waived)}` }
    : { verdict: 'pass', evidence };
}

const MAX_SHOWN = 3;

function shown(findings: readonly Finding[]): string {
  const places = findings.map((finding) => `${finding.rule} at ${placeOf(finding)}`);
  const rest = places.length - MAX_SHOWN;
  return `${places.slice(0, MAX_SHOWN).join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`;
}

/** `path:line`; `.` is the repository. */
export function placeOf({ path, range }: Pick<Finding, 'path' | 'range'>): string {
  if (path === '.') return 'the repository';
  return `${path}${range ? `:${range.start.line}` : ''}`;
}

const WEIGHTS: Readonly<Record<Severity, string>> = { block: 'blocks', warn: 'warns', info: 'tells' };

/** The gate's findings as rows, what blocks first; the fix is the gate's own, or what its message says to do. */
export function reviewedFindings(findings: readonly Finding[]): readonly ReviewedFinding[] {
  const order: readonly Severity[] = ['block', 'warn', 'info'];
  return findings
    .filter(({ status }) => status !== 'waived')
    .map((finding, index) => ({ finding, index }))
    .sort(
      (a, b) => order.indexOf(a.finding.severity) - order.indexOf(b.finding.severity) || a.index - b.index,
    )
    .map(({ finding }) => {
      const [what, advice] = saidAndAdvised(finding.message);
      return {
        weight:
          finding.status === 'unknown' ? `${WEIGHTS[finding.severity]}, unknown` : WEIGHTS[finding.severity],
        rule: finding.rule,
        place: placeOf(finding),
        finding: what,
        fix: advice || finding.fix?.title || 'see the page of the rule',
      };
    });
}

/** What a message says, and what it says to do: behind its last colon that stands in no quotes. */
function saidAndAdvised(message: string): readonly [string, string] {
  const bare = message.replace(/`[^`]*`|"[^"]*"/g, (quoted) => '_'.repeat(quoted.length));
  const colon = bare.lastIndexOf(': ');
  const plain = (text: string): string => text.replaceAll('`', '');
  return colon < 0 ? [plain(message), ''] : [plain(message.slice(0, colon)), plain(message.slice(colon + 2))];
}
