import { renderKeepingWritten } from '../../documents/keep-written';
import type { DefinedKind } from '../../documents/shape/define-kind';
import { fileSource, type Source } from '../../evidence/fact';
import type { RepositoryProfile } from '../../evidence/profile';
import { judgeProposal } from '../../gate/check';
import type { ProposedFile } from '../../text/proposal';
import {
  answersTo,
  distinctSources,
  existingText,
  keptFile,
  refuseSealed,
  unknownsOf,
} from '../document-task';
import {
  type ManualStep,
  type Task,
  type TaskInput,
  type TaskResult,
  type TaskRun,
  type World,
} from '../task';
import type { DocumentTaskId } from '../../documents/document-task-ids';
import { kindWithTemplate, writtenHere } from './repository-template';
import { readProfile } from '../../workflow/read-profile';

const MAX_SOURCES = 50;

/** What a document is assembled from. */
export interface DocumentQuestion {
  readonly world: World;
  readonly run: TaskRun;
  readonly profile: RepositoryProfile;
  /** What the person told, by the name of the input; a claim. Empty answers are left out. */
  readonly told: ReadonlyMap<string, string>;
  /** The same as rows for a section "Told by a person". */
  readonly claims: readonly { readonly question: string; readonly answer: string }[];
}

/** A document's data with what it rests on. */
export interface AssembledDocument<T> {
  /** Where it stands, from the root of the repository; inside one of the task's `writes`. */
  readonly path: string;
  readonly data: T;
  /** Most telling first. */
  readonly sources: readonly Source[];
  /** A sentence of Markdown on what it is about; how much of it is unknown is added. */
  readonly summary: string;
  /** How many of its questions have no answer though no UNKNOWN(...) stands there; the summary says so itself. */
  readonly openQuestions?: number;
  /** What was left out and why, in a sentence each. */
  readonly notes?: readonly string[];
  readonly manualSteps?: readonly ManualStep[];
  readonly next?: TaskResult['next'];
}

/** A document that is filled from the repository: what is its own. */
export interface DocumentSubject<T> {
  readonly id: DocumentTaskId;
  readonly kind: DefinedKind<T>;
  /** What it does, for menus and help: "Write the environment matrix". */
  readonly title: string;
  /** What is being read, for the progress: "Reading workflows and manifests". */
  readonly reading: string;
  readonly inputs: readonly TaskInput[];
  readonly writes: readonly string[];
  readonly asksOutside?: boolean;
  /** @throws TaskFailure where the document cannot be written here, for a reason that the person can act on. */
  assemble(question: DocumentQuestion): Promise<AssembledDocument<T>>;
}

/** The task of a document: assembles it, keeps what people wrote in the one that stands there, and judges the result. */
export function documentTask<T>(subject: DocumentSubject<T>): Task {
  const { id, title, inputs, writes, asksOutside } = subject;
  return {
    id,
    subcommand: id,
    title,
    inputs,
    writes,
    ...(asksOutside ? { asksOutside } : {}),
    async run(world, run): Promise<TaskResult> {
      const here = await kindWithTemplate(subject.kind, world);
      const { kind, template } = here;
      run.report(subject.reading);
      const profile = await readProfile(world, run);
      run.signal.throwIfAborted();
      const told = answersTo(inputs, run.inputs);
      const claims = inputs.flatMap(({ name, question }) => {
        const answer = told.get(name);
        return answer === undefined ? [] : [{ question, answer }];
      });
      const assembled = await subject.assemble({ world, run, profile, told, claims });
      run.signal.throwIfAborted();
      const before = await existingText(world, assembled.path);
      refuseSealed(kind, assembled.path, before);
      const kept = writtenHere(here, (own) =>
        renderKeepingWritten(own, assembled.path, assembled.data, before),
      );
      const file: ProposedFile = {
        ...keptFile(assembled.path, before, kept),
        purpose: kind.title.toLowerCase(),
      };
      const read = kind.read(file.path, file.after);
      const findings = await judgeProposal(world, [file], run.signal);
      const unknowns = unknownsOf(read.placeholders);
      return {
        task: id,
        summary: [assembled.summary, ...unknownsInWords(unknowns.length, assembled.openQuestions ?? 0)].join(
          ' ',
        ),
        sources: distinctSources(
          [...(template === null ? [] : [fileSource(template)]), ...assembled.sources],
          MAX_SOURCES,
        ),
        files: [file],
        findings,
        unknowns,
        manualSteps: assembled.manualSteps ?? [],
        notes: [
          ...(template === null ? [] : [`It is written by the template ${template} of this repository.`]),
          ...kept.notes,
          ...(assembled.notes ?? []),
          ...(profile.problems ?? []).map(({ path, message }) => `${path} ${message}`),
        ],
        next: assembled.next ?? [{ task: 'check', label: 'Check the repository' }],
        data: read.data,
        prose: null,
      };
    },
  };
}

/** The sentence on how much of a document is unknown; none where all that is open is said already. */
function unknownsInWords(unknowns: number, openQuestions: number): readonly string[] {
  if (unknowns > 0) return [`${unknowns} ${unknowns === 1 ? 'value is' : 'values are'} still unknown.`];
  return openQuestions > 0 ? [] : ['Nothing in it is unknown.'];
}
