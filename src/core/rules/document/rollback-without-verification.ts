import type { ReadDocument } from '../../documents/document';
import { deploymentPlanKind } from '../../documents/deployment-plan/deployment-plan-kind';
import { blocksOf, shownText } from '../../documents/markdown/parse';
import { readSteps, type FoundStep } from '../../documents/markdown/parts';
import { holdsPlaceholder } from '../../documents/markdown/placeholders';
import { rollbackRunbookKind } from '../../documents/rollback-runbook/rollback-runbook-kind';
import { lineBreakOf } from '../../text/edit';
import type { DocumentRule, Fix, RuleFinding } from '../rule';
import { listed, quoted, severityIn } from './document-severity';

/** What a rollback is seen to have worked by. */
const SEEN_BY: readonly { readonly name: string; readonly says: RegExp }[] = [
  { name: 'the health check', says: /health|ready|readiness|alive|liveness|\bping\b|\bup\b|smoke/i },
  { name: 'the error rate', says: /error|5xx|failure rate|exceptions|failed requests/i },
  { name: 'the latency', says: /latenc|p9\d|p50|response time|duration|slow/i },
  {
    name: 'a business metric',
    says: /business|order|checkout|sign-?up|login|log-?in|payment|conversion|revenue|transaction|throughput|users|customers|requests per/i,
  },
];

const VERIFIES =
  /verif|check|smoke|health|confirm|validat|\btest|make sure|ensure|\bcurl\b|rollout status|monitor|watch|see that/i;

/** Nothing tells whether going back has helped. */
export const rule: DocumentRule = {
  id: 'rollback-without-verification',
  title: 'A rollback does not end in its verification',
  severity: 'block',
  why: 'A rollback that is believed to have worked ends the search while users still wait.',
  subject: 'document',
  kinds: [rollbackRunbookKind.id, deploymentPlanKind.id],
  check: (document): readonly RuleFinding[] =>
    document.kind === deploymentPlanKind.id ? lastStepOf(document) : verificationOf(document),
};

/** The last step of a plan's rollback looks at what it has done. */
function lastStepOf(document: ReadDocument): readonly RuleFinding[] {
  const last = readSteps(blocksOf(document, 'rollback')).at(-1);
  if (!last || holdsPlaceholder(last.step.title)) return [];
  const { title, command, action, verifiedBy = '' } = last.step;
  if (VERIFIES.test(`${title} ${command} ${action} ${verifiedBy}`)) return [];
  return [
    {
      message: `The rollback ends with ${quoted(title)} and not with its verification: add a step that asks the service`,
      path: document.path,
      span: last.titleSpan,
      status: 'fail',
      severity: severityIn(document, 'block'),
      fix: addStep(document, last, 'Verify after going back', 'how it is seen that going back has helped'),
    },
  ];
}

/** Each of the four is looked at; the section that is missing is another rule's finding. */
function verificationOf(document: ReadDocument): readonly RuleFinding[] {
  const section = document.sections.find(({ id }) => id === 'verification');
  if (!section) return [];
  const blocks = blocksOf(document, 'verification');
  // Labels of steps ("Duration") are no words on what is compared.
  const text = [
    ...blocks.filter((block) => block.type !== 'list' || block.ordered !== true).map(shownText),
    ...readSteps(blocks).flatMap(({ step }) => [step.title, step.command, step.action, step.expected]),
  ].join(' ');
  const lacks = SEEN_BY.filter(({ says }) => !says.test(text)).map(({ name }) => name);
  if (lacks.length === 0 || (blocks.length > 0 && isOpen(document, section.span))) return [];
  const last = readSteps(blocks).at(-1);
  return [
    {
      message: `"${section.title}" does not look at ${listed(lacks)}: add what is compared with which number`,
      path: document.path,
      span: section.headingSpan,
      status: 'fail',
      // One of four that is left out is a gap; all of them are no verification.
      severity: severityIn(document, lacks.length === SEEN_BY.length ? 'block' : 'warn'),
      ...(last
        ? {
            fix: addStep(
              document,
              last,
              `Compare ${lacks.join(', ')} with what it was before the deployment`,
              'where each is shown, and its number when the service is healthy',
            ),
          }
        : {}),
    },
  ];
}

/** A section that is only a placeholder says itself that it is missing. */
function isOpen(document: ReadDocument, span: { readonly start: number; readonly end: number }): boolean {
  return (
    readSteps(blocksOf(document, 'verification')).length === 0 &&
    document.placeholders.some((use) => use.span.start >= span.start && use.span.end <= span.end)
  );
}

/** One more step behind the last one, with what is needed. */
function addStep(document: ReadDocument, last: FoundStep, title: string, needed: string): Fix {
  const start = document.lines.positionAt(last.span.start);
  const margin = ' '.repeat(start.column - 1);
  const marker = `${last.number + 1}. `;
  const inner = margin + ' '.repeat(marker.length);
  const item = document.text.slice(last.span.start, last.span.end);
  const end = last.span.start + item.trimEnd().length;
  const lines = [
    '',
    '',
    `${margin}${marker}**${title}**`,
    '',
    `${inner}- **Action:** UNKNOWN(${needed})`,
    `${inner}- **Expected:** UNKNOWN(number with unit)`,
    `${inner}- **Duration:** UNKNOWN(minutes)`,
    `${inner}- **On failure:** UNKNOWN(what to do when it fails)`,
  ];
  return {
    kind: 'proposed',
    title: 'Add a step that verifies, with what is needed',
    edits: [
      {
        path: document.path,
        edits: [{ span: { start: end, end }, text: lines.join(lineBreakOf(document.text)) }],
      },
    ],
  };
}
