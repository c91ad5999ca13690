import type { ReadDocument } from '../../documents/document';
import { comparable, shownText, spanOf } from '../../documents/markdown/parse';
import { blocksOf } from '../../documents/markdown/parse';
import { readKeyValues, readSteps, readTable } from '../../documents/markdown/parts';
import { secretColumns } from '../../documents/secrets-rotation-plan/columns';
import type { Blocks } from '../../documents/shape/parts';
import type { Span } from '../../text/position';
import type { DocumentRule, Fix, RuleFinding } from '../rule';
import { listed, quoted, severityIn } from './document-severity';
import { bulletAfter, saysNothing } from './table-rows';

/** What a procedure has to say beside its steps, by the labels that people give it; comparable. */
const ASKED: readonly {
  readonly label: string;
  readonly keys: readonly string[];
  readonly name: string;
  readonly needed: string;
}[] = [
  {
    label: 'Verification',
    keys: ['verification', 'verify', 'how to verify'],
    name: 'verification after the rotation',
    needed: 'how it is seen that the new value works and the old one does not',
  },
  {
    label: 'If the rotation fails',
    keys: ['if the rotation fails', 'rollback', 'on failure'],
    name: 'way back',
    needed: 'what is done when the rotation fails',
  },
  {
    label: 'If it is compromised',
    keys: ['if it is compromised', 'emergency', 'compromise'],
    name: 'emergency procedure',
    needed: 'what is done first when it is compromised',
  },
  {
    label: 'Notified',
    keys: ['notified', 'notify', 'who is notified', 'who is told'],
    name: 'word on who is notified',
    needed: 'who is told of a rotation',
  },
  {
    label: 'Fallback',
    keys: ['fallback', 'manual fallback'],
    name: 'fallback by hand',
    needed: 'what is done where the automatic rotation fails',
  },
];

interface Group {
  readonly title: string;
  readonly headingSpan: Span;
  readonly blocks: Blocks;
}

/** A secret that is listed without a procedure, or a procedure that stops before it is seen to have worked. */
export const rule: DocumentRule = {
  id: 'rotation-procedure-incomplete',
  title: 'A secret has no complete procedure of rotation',
  severity: 'warn',
  why: 'A rotation that nobody verifies, or that nobody knows how to take back, ends in an outage or in two valid secrets.',
  subject: 'document',
  kinds: ['secrets-rotation-plan'],
  check: (document): readonly RuleFinding[] => {
    const section = document.sections.find(({ id }) => id === 'procedures');
    const groups = groupsOf(document);
    // A plan that has one procedure for all of its secrets, or none at all, is for the rule over sections to judge.
    if (!section || groups.length === 0) return [];
    const found: RuleFinding[] = [];
    const add = (message: string, span: Span, fix: Fix | null): void => {
      found.push({
        message,
        path: document.path,
        span,
        status: 'fail',
        severity: severityIn(document, 'warn'),
        ...(fix ? { fix } : {}),
      });
    };
    const titles = groups.map(({ title }) => comparable(title));
    for (const { cells, span } of readTable(blocksOf(document, 'inventory'), secretColumns)) {
      const name = comparable(cells.secret);
      if (name === '' || titles.some((title) => title.includes(name))) continue;
      add(
        `The secret ${quoted(cells.secret)} has no procedure under "${section.title}": add one, with the steps that rotate it`,
        span,
        null,
      );
    }
    for (const { title, headingSpan, blocks } of groups) {
      const values = readKeyValues(blocks);
      const steps = readSteps(blocks);
      const lacking = ASKED.filter(({ keys }) =>
        keys.every((key) => saysNothing(values.get(key)?.value ?? '')),
      ).filter(
        // Steps that verify, or that say what to do when they fail, say it as well as a bullet does.
        ({ label }) =>
          !(label === 'If the rotation fails' && steps.some(({ step }) => step.onFailure !== '')) &&
          !(
            label === 'Verification' &&
            steps.some(({ step }) => /\bverif|\bcheck|\bsee that\b/i.test(step.title))
          ) &&
          !(label === 'If it is compromised' && hasEmergency(document)) &&
          !(label === 'Fallback' && !isAutomatic(values)),
      );
      const names = [...(steps.length === 0 ? ['steps'] : []), ...lacking.map(({ name }) => name)];
      if (names.length === 0) continue;
      add(
        `The procedure of ${quoted(title)} has no ${listed(names)}: add it, or UNKNOWN(what is needed)`,
        headingSpan,
        steps.length === 0 ? null : fixOf(document, title, blocks, lacking),
      );
    }
    return found;
  },
};

function groupsOf(document: ReadDocument): readonly Group[] {
  const blocks = blocksOf(document, 'procedures');
  const depth = Math.min(...blocks.flatMap((block) => (block.type === 'heading' ? [block.depth] : [])));
  const starts = blocks.flatMap((block, index) =>
    block.type === 'heading' && block.depth === depth ? [index] : [],
  );
  return starts.flatMap((start, at) => {
    const heading = blocks[start];
    return heading
      ? [
          {
            title: shownText(heading),
            headingSpan: spanOf(heading),
            blocks: blocks.slice(start + 1, starts[at + 1] ?? blocks.length),
          },
        ]
      : [];
  });
}

/** Whether the plan says for all of its secrets what is done when one is compromised. */
function hasEmergency(document: ReadDocument): boolean {
  return readSteps(blocksOf(document, 'emergency')).length > 0;
}

function isAutomatic(values: ReturnType<typeof readKeyValues>): boolean {
  return /\bauto/i.test(values.get('rotation')?.value ?? values.get('automation')?.value ?? '');
}

function fixOf(
  document: ReadDocument,
  title: string,
  blocks: Blocks,
  lacking: readonly (typeof ASKED)[number][],
): Fix | null {
  const bullets = blocks
    .filter((block) => block.type === 'list' && block.ordered !== true)
    .slice(0, 1)
    .flatMap((list) => (list.type === 'list' ? list.children.map(spanOf) : []));
  // A label that stands there without a value is filled by hand.
  const values = readKeyValues(blocks);
  const absent = lacking.filter(({ keys }) => keys.every((key) => !values.has(key)));
  const edits = absent.flatMap(({ label, needed }) => bulletAfter(document, bullets, label, needed) ?? []);
  if (edits.length === 0 || edits.length !== lacking.length) return null;
  const [first] = edits;
  return first
    ? {
        kind: 'proposed',
        title: `Add what the procedure of ${quoted(title)} lacks as UNKNOWN(...)`,
        edits: [
          {
            path: document.path,
            edits: [{ span: first.span, text: edits.map(({ text }) => text).join('') }],
          },
        ],
      }
    : null;
}
