import type { ReadDocument, SectionShape } from '../../documents/document';
import { documentKindOf } from '../../documents/index';
import { blocksOf } from '../../documents/markdown/parse';
import { readSteps, type FoundStep } from '../../documents/markdown/parts';
import { holdsPlaceholder } from '../../documents/markdown/placeholders';
import { lineBreakOf } from '../../text/edit';
import type { DocumentRule, Fix, RuleFinding } from '../rule';
import { listed, quoted, severityIn } from './document-severity';

interface Lack {
  readonly label: string;
  readonly name: string;
  readonly needed: string;
  readonly isEssential: boolean;
}

/** A numbered step says not what to do, what to expect, how long it takes or what to do when it fails. */
export const rule: DocumentRule = {
  id: 'step-without-command-or-outcome',
  title: 'A step lacks its command or its expected outcome',
  severity: 'block',
  why: 'A step that cannot be pasted is improvised, and one without an expected outcome is believed to have worked.',
  subject: 'document',
  kinds: 'every',
  check: (document): readonly RuleFinding[] =>
    (documentKindOf(document.kind)?.sections ?? [])
      .filter(({ holds }) => holds === 'steps' || holds === 'steps-and-triggers')
      .flatMap((shape) =>
        readSteps(blocksOf(document, shape.id)).flatMap((found): RuleFinding[] => {
          const lacks = lacksOf(found, shape);
          if (lacks.length === 0) return [];
          const isEssential = lacks.some((lack) => lack.isEssential);
          return [
            {
              message: `Step ${found.number} ${quoted(found.step.title)} has no ${listed(lacks.map(({ name }) => name))}: add it, or UNKNOWN(what is needed)`,
              path: document.path,
              span: found.titleSpan,
              status: 'fail',
              severity: severityIn(document, isEssential ? 'block' : 'warn'),
              // A row of a table has no place for bullets.
              ...(found.form === 'row' ? {} : { fix: addPlaceholders(document, found, lacks) }),
            },
          ];
        }),
      ),
};

function lacksOf(
  { step, durationText }: FoundStep,
  { isTimed, saysOnFailure, saysVerification }: SectionShape,
): readonly Lack[] {
  const lacks: Lack[] = [];
  // A title that is a placeholder stands for the whole step.
  if (step.command === '' && step.action === '' && !holdsPlaceholder(step.title)) {
    lacks.push({
      label: 'Action',
      name: 'command or action',
      needed: 'command or action',
      isEssential: true,
    });
  }
  // What somebody else can see is an outcome as well.
  if (step.expected === '' && (step.verifiedBy ?? '') === '') {
    lacks.push({
      label: 'Expected',
      name: 'expected outcome',
      needed: 'what is seen when it worked',
      isEssential: true,
    });
  }
  if (isTimed && step.durationMinutes === null && !holdsPlaceholder(durationText)) {
    lacks.push({ label: 'Duration', name: 'duration', needed: 'minutes', isEssential: false });
  }
  if (saysOnFailure && step.onFailure === '') {
    lacks.push({
      label: 'On failure',
      name: 'word on what to do when it fails',
      needed: 'what to do when it fails',
      isEssential: false,
    });
  }
  if (saysVerification && step.verifiedBy === undefined) {
    lacks.push({
      label: 'Verified by',
      name: 'word on how it is verified',
      needed: 'how somebody else can see that it worked',
      isEssential: false,
    });
  }
  return lacks;
}

/** Bullets at the end of the step, indented as its content is. */
function addPlaceholders(document: ReadDocument, found: FoundStep, lacks: readonly Lack[]): Fix {
  const { text, path } = document;
  const start = document.lines.positionAt(found.span.start);
  const margin = ' '.repeat(found.indent ?? start.column - 1 + `${found.number}. `.length);
  const item = text.slice(found.span.start, found.span.end);
  // A bullet may follow a bullet; behind anything else an empty line keeps it apart.
  const lastLine =
    item
      .trimEnd()
      .split(/\r\n|\n|\r/)
      .at(-1) ?? '';
  const isAfterBullet = (margin === '' ? /^[-*+] / : /^\s+[-*+] /).test(lastLine);
  const end = found.span.start + item.trimEnd().length;
  const bullets = lacks.map(({ label, needed }) => `${margin}- **${label}:** UNKNOWN(${needed})`);
  const lineBreak = lineBreakOf(text);
  return {
    kind: 'proposed',
    title: `Add what step ${found.number} lacks as UNKNOWN(...)`,
    edits: [
      {
        path,
        edits: [
          {
            span: { start: end, end },
            text: ['', ...(isAfterBullet ? [] : ['']), ...bullets].join(lineBreak),
          },
        ],
      },
    ],
  };
}
