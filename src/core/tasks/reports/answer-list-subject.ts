import type { DefinedKind } from '../../documents/shape/define-kind';
import type { AnsweredQuestion } from '../../documents/markdown/answers';
import { isKnown, placeholder, textOf } from '../../evidence/fact';
import type { DocumentSubject } from '../documents/document-task';
import { fileNameOf } from '../documents/file-name';
import type { DocumentTaskId } from '../../documents/document-task-ids';
import { answersOf, type AskedQuestion } from './answered-questions';
import { judgeTold } from './judged-release';
import { releaseInputs } from './release-inputs';

/** What both lists of answers have besides their rows. */
interface Common {
  readonly service: string;
  readonly version: string;
  readonly commit: string;
  readonly claims: readonly { readonly question: string; readonly answer: string }[];
}

/** A document of questions that the engine answers. */
export function answerListSubject<T>(list: {
  readonly id: DocumentTaskId;
  readonly kind: DefinedKind<T>;
  readonly title: string;
  readonly file: string;
  readonly questions: readonly AskedQuestion[];
  readonly dataOf: (common: Common, rows: readonly AnsweredQuestion[]) => T;
}): DocumentSubject<T> {
  return {
    id: list.id,
    kind: list.kind,
    title: list.title,
    reading: 'Asking the gate what it knows',
    inputs: releaseInputs,
    writes: ['docs/release/reviews'],
    asksOutside: true,
    async assemble({ world, run, profile, told, claims }) {
      const release = await judgeTold(world, told, run, profile, true);
      const { rows, sources, yes, no, notApplicable } = answersOf(list.questions, release);
      const { version, facts } = release;
      const open = rows.length - yes - no - notApplicable;
      const others = notApplicable === 0 ? [] : [`${notApplicable} not applicable`];
      return {
        path: `${world.configuration.releaseFolder}/reviews/${list.file}_${isKnown(version) ? fileNameOf(version.value) : 'NEXT'}.md`,
        sources,
        summary: `${[`${yes} of ${rows.length} are answered yes`, `${no} no`, ...others].join(', ')}, and ${open} are open.`,
        openQuestions: open,
        data: list.dataOf(
          {
            service: textOf(profile.service),
            version: textOf(version),
            commit: facts.change?.range.commits.head ?? placeholder('the commit that the answers are of'),
            claims,
          },
          rows,
        ),
      };
    },
  };
}
