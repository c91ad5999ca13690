import { documentKindOf } from '../../documents/index';
import type { ReadDocument } from '../../documents/document';
import { frontMatterText } from '../../documents/markdown/fields';
import type { TextEdit } from '../../text/edit';
import type { Span } from '../../text/position';
import type { DocumentRule, Fix, RuleFinding } from '../rule';
import { fixedValues, type FixedValue } from './commands/fixed-values';
import { commandBlocksOf } from './commands/read-blocks';
import { quoted, spansOfQuotes } from './document-severity';
import { declaredParameters, declareParameter } from './edits/parameters';

interface Placed extends FixedValue {
  readonly place: Span;
  readonly parameter: string;
}

/** A command of a document that is used again and again writes out a host, a region or a version. */
export const rule: DocumentRule = {
  id: 'hard-coded-value',
  title: 'A command writes out a host, a region or a version',
  severity: 'warn',
  why: 'It is right for one environment and one release; at the next it is pasted all the same.',
  subject: 'document',
  kinds: 'every',
  check: (document, { shell }): readonly RuleFinding[] => {
    if (!shell || documentKindOf(document.kind)?.isParameterised !== true || document.problems.length > 0)
      return [];
    const spared = spansOfQuotes(document);
    const service = frontMatterText(document, 'service');
    const values = new Map<string, Placed[]>();
    for (const { inputs, section, node } of commandBlocksOf(document)) {
      const at = node.position?.start.offset ?? 0;
      // What stands beside a parameter's declaration is its example.
      if (section === 'parameters' || spared.some(({ start, end }) => start <= at && at < end)) continue;
      for (const input of inputs) {
        for (const value of fixedValues(input, service, shell)) {
          const parameter = parameterOf(value, section);
          const bare = withoutLetter(document, value, parameter);
          const key = `${parameter} ${bare.literal}`;
          values.set(key, [
            ...(values.get(key) ?? []),
            { ...bare, parameter, place: input.placeOf(bare.span) },
          ]);
        }
      }
    }
    return [...values.values()].map((places) => findingOf(document, places));
  },
};

/** In a rollback, the version that is put back is another one. */
function parameterOf({ what }: FixedValue, section: string | null): string {
  switch (what) {
    case 'host':
      return 'ENV';
    case 'region':
      return 'REGION';
    case 'version':
      return section !== null && /roll-?back/.test(section) ? 'PREVIOUS_VERSION' : 'VERSION';
    default:
      return what satisfies never;
  }
}

/** `v1.2.3` is `v${VERSION}`, unless the document's own example has the letter. */
function withoutLetter(document: ReadDocument, value: FixedValue, parameter: string): FixedValue {
  if (value.what !== 'version' || !value.literal.startsWith('v')) return value;
  const declared = declaredParameters(document).find(({ name }) => name === parameter);
  if (declared?.example.startsWith('v')) return value;
  return { ...value, literal: value.literal.slice(1), span: { ...value.span, start: value.span.start + 1 } };
}

function findingOf(document: ReadDocument, places: readonly Placed[]): RuleFinding {
  const [first, ...others] = places as readonly [Placed, ...Placed[]];
  const fix = fixOf(document, places);
  const isDeclared = declareParameter(document, first.parameter, null) === null;
  const next = `take \${${first.parameter}} in the place of ${quoted(first.literal)}`;
  return {
    message: `The command writes out the ${nameOf(first)} ${quoted(first.shown)}: ${next}${isDeclared ? '' : ', and declare it'}`,
    path: document.path,
    span: first.place,
    status: 'fail',
    evidence: others.map(({ place }) => ({
      message: 'Written out here too',
      path: document.path,
      span: place,
    })),
    ...(fix ? { fix } : {}),
  };
}

function nameOf({ what }: FixedValue): string {
  return what === 'host' ? 'host of one environment,' : what;
}

/** Every place of the value; none where the shell would not put the parameter in. */
function fixOf(document: ReadDocument, places: readonly Placed[]): Fix | null {
  const [first] = places;
  if (!first || places.some(({ canBeReplaced }) => !canBeReplaced)) return null;
  const declaration = declareParameter(document, first.parameter, first.literal);
  const edits: readonly TextEdit[] = [
    ...(declaration ? [declaration] : []),
    ...places.map(({ place }) => ({ span: place, text: `\${${first.parameter}}` })),
  ];
  return {
    kind: 'proposed',
    title: `Take \${${first.parameter}} in the place of ${quoted(first.literal)}`,
    edits: [{ path: document.path, edits: [...edits].sort((a, b) => a.span.start - b.span.start) }],
  };
}
