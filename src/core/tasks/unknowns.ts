import type { DocumentKind, ReadDocument } from '../documents/document';
import { documentKinds } from '../documents/index';
import { unknownsIn, withAnswers, type UnknownAnswer, type UnknownPlace } from '../documents/unknowns';
import { isTestData } from '../gate/test-data';
import type { RepositoryFiles } from '../ports';
import { readFrontMatter } from '../text/front-matter';
import type { ProposedFile } from '../text/proposal';

/** A document with values that it says are unknown. */
export interface OpenDocument {
  readonly kind: DocumentKind<unknown>;
  readonly document: ReadDocument;
  readonly unknowns: readonly UnknownPlace[];
}

/** What the documents of a repository do not know. */
export interface OpenDocuments {
  /** Those with at least one unknown value, by path. */
  readonly documents: readonly OpenDocument[];
  /** What could not be read or is no document of a known kind, though it was named: a sentence without a full stop each. */
  readonly problems: readonly string[];
}

/**
 * The documents of a known kind that say UNKNOWN(...); `only`: those of these paths. Records and reports that are written
 * once are left out, since they are not changed afterwards.
 */
export async function openDocuments(
  files: RepositoryFiles,
  only: ReadonlySet<string> | null,
  signal?: AbortSignal,
): Promise<OpenDocuments> {
  const problems: string[] = [];
  const documents: OpenDocument[] = [];
  const paths = only ? [...only].sort() : (await files.list(signal)).paths;
  for (const path of paths) {
    signal?.throwIfAborted();
    if (!only && (!path.endsWith('.md') || isTestData(path))) continue;
    const text = await files.read(path);
    if (!text.ok) {
      if (only) problems.push(`${path} ${text.detail}`);
      continue;
    }
    const frontMatter = readFrontMatter(text.text);
    const data = frontMatter.ok ? frontMatter.data : {};
    const kind = documentKinds.find((other) => other.recognises(path, data));
    if (!kind) {
      if (only) problems.push(`${path} is no document of a kind that Release Gate knows`);
      continue;
    }
    if (kind.isSealed) {
      if (only) problems.push(`${path} is written once and not changed afterwards`);
      continue;
    }
    const document = kind.read(path, text.text);
    const unknowns = unknownsIn(document);
    if (unknowns.length > 0) documents.push({ kind, document, unknowns });
  }
  return { documents, problems };
}

/** An answer, with the placeholder that it is for. */
export interface GivenAnswer {
  readonly unknown: UnknownPlace;
  readonly answer: string;
}

/** The documents as they would be with the answers, and what could not be written, a sentence without a full stop each. */
export function answeredFiles(
  documents: readonly OpenDocument[],
  given: readonly GivenAnswer[],
): { readonly files: readonly ProposedFile[]; readonly refused: readonly string[] } {
  const files: ProposedFile[] = [];
  const refused: string[] = [];
  for (const { kind, document } of documents) {
    const answers = given
      .filter(({ unknown }) => unknown.path === document.path)
      .map(({ unknown, answer }): UnknownAnswer => ({ start: unknown.span.start, answer }));
    if (answers.length === 0) continue;
    const answered = withAnswers(kind, document.path, document.text, answers);
    refused.push(...answered.refused);
    if (answered.text === document.text) continue;
    files.push({
      path: document.path,
      before: document.text,
      after: answered.text,
      purpose: `${kind.title.toLowerCase()}, ${answers.length} ${answers.length === 1 ? 'answer' : 'answers'}`,
    });
  }
  return { files, refused };
}

/** What a person does with one question of the form. */
export type FormReply =
  | { readonly is: 'answer'; readonly text: string; readonly isForAll: boolean }
  | { readonly is: 'skip' | 'back' | 'stop' };

/** One question of the form. */
export interface FormQuestion {
  readonly unknown: UnknownPlace;
  /** From 1. */
  readonly number: number;
  readonly total: number;
  /** What was answered before the person went back; '' for nothing. */
  readonly before: string;
  /** How many other places ask for the same in the same words and are not answered yet. */
  readonly others: number;
}

/** Asks for the unknown values one by one; `ask` is the face's. What was answered up to a stop is given back. */
export async function fillIn(
  unknowns: readonly UnknownPlace[],
  ask: (question: FormQuestion) => Promise<FormReply>,
): Promise<readonly GivenAnswer[]> {
  const answers = new Map<UnknownPlace, string>();
  // What was answered with another one is not asked by itself, unless the person goes back to it.
  const asked: number[] = [];
  let index = 0;
  while (index < unknowns.length) {
    const unknown = unknowns[index];
    if (!unknown) break;
    const others = unknowns.filter(
      (other) => other !== unknown && other.needed === unknown.needed && !answers.has(other),
    );
    const reply = await ask({
      unknown,
      number: index + 1,
      total: unknowns.length,
      before: answers.get(unknown) ?? '',
      others: others.length,
    });
    switch (reply.is) {
      case 'answer':
        answers.set(unknown, reply.text);
        if (reply.isForAll) for (const other of others) answers.set(other, reply.text);
        break;
      case 'skip':
        answers.delete(unknown);
        break;
      case 'back': {
        const last = asked.pop();
        if (last !== undefined) index = last;
        continue;
      }
      case 'stop':
        return given();
      default:
        return reply satisfies never;
    }
    asked.push(index);
    do index++;
    while (index < unknowns.length && answers.has(unknowns[index] as UnknownPlace));
  }
  return given();

  function given(): readonly GivenAnswer[] {
    return unknowns.flatMap((unknown) => {
      const answer = answers.get(unknown);
      return answer === undefined ? [] : [{ unknown, answer }];
    });
  }
}
