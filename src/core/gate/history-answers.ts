import { HistoryFailure, type Commit, type History } from '../ports';
import type { Contributor, HistoryFacts } from '../rules/rule';

/** What git answered so far about one state of the repository: kept between the checks of an editor. */
export interface HistoryAnswers {
  /** The commit that was checked out when they were given; null: nothing was asked yet. */
  head: string | null;
  readonly commits: Map<string, Commit | null>;
  readonly texts: Map<string, string | null>;
  readonly refs: Map<string, string | null>;
  contributors: readonly Contributor[] | null;
  remoteUrl: { readonly url: string | null } | null;
}

/** Questions of one call of the rules. */
interface Questions {
  readonly lastCommits: Set<string>;
  readonly texts: Map<string, { readonly commit: string; readonly path: string }>;
  readonly refs: Set<string>;
  contributors: boolean;
  remoteUrl: boolean;
}

/** The history as rules ask it; what has no answer yet is noted. */
export interface AskedHistory {
  readonly facts: HistoryFacts;
  /** How many questions had no answer so far; only ever grows. */
  readonly missed: () => number;
  /** Forgets what was said of another commit than the one that is checked out now. */
  forgetOutdated(history: History, signal?: AbortSignal): Promise<void>;
  /**
   * Asks git what is open. Afterwards the rules are called again.
   *
   * @returns Why something stays open, completing "needs …"; null where everything was answered.
   * @throws The signal's reason when it is aborted.
   */
  ask(history: History, signal?: AbortSignal): Promise<string | null>;
}

/** More questions about one repository than this are no document's: what is beyond stays open. */
const MAX_QUESTIONS = 200;

/** Processes of git at one time. */
const AT_ONCE = 4;

/** People who wrote none of so many newest commits are not known as contributors. */
const CONTRIBUTORS_OF_COMMITS = 1_000;

/** Texts of documents and scripts, not the whole history of them. */
const MAX_TEXTS = 500;

/** Nothing was asked yet. */
export function noHistoryAnswers(): HistoryAnswers {
  return {
    head: null,
    commits: new Map(),
    texts: new Map(),
    refs: new Map(),
    contributors: null,
    remoteUrl: null,
  };
}

/** Answers rules from what is known, and notes what is not. */
export function askedHistory(answers: HistoryAnswers): AskedHistory {
  let questions = noQuestions();
  let missed = 0;
  const miss = (note: () => unknown): void => {
    missed++;
    note();
  };
  const facts: HistoryFacts = {
    lastCommitOf: (path) => {
      const known = answers.commits.get(path);
      if (known === undefined) miss(() => questions.lastCommits.add(path));
      return known;
    },
    textAt: (commit, path) => {
      const known = answers.texts.get(`${commit}:${path}`);
      if (known === undefined) miss(() => questions.texts.set(`${commit}:${path}`, { commit, path }));
      return known;
    },
    commitOf: (ref) => {
      const known = answers.refs.get(ref);
      if (known === undefined) miss(() => questions.refs.add(ref));
      return known;
    },
    contributors: () => {
      if (answers.contributors === null) miss(() => (questions.contributors = true));
      return answers.contributors ?? undefined;
    },
    remoteUrl: () => {
      if (answers.remoteUrl === null) miss(() => (questions.remoteUrl = true));
      return answers.remoteUrl?.url;
    },
  };
  const ask = async (history: History, signal?: AbortSignal): Promise<string | null> => {
    const state = await history.state(signal);
    if (state.kind === 'unavailable')
      return `the history of the repository, which is not known: ${state.detail}`;
    if (answers.head !== state.head) forget(answers);
    answers.head = state.head;
    const open = questions;
    questions = noQuestions();
    const jobs = jobsOf(open, answers, history, state.head, signal);
    // In a shallow clone the oldest commit that is there looks as if it had written every file.
    const allowed = state.isShallow ? jobs.filter(({ isOfWholeHistory }) => !isOfWholeHistory) : jobs;
    await inTurns(
      allowed.slice(0, MAX_QUESTIONS).map(({ run }) => run),
      signal,
    );
    if (allowed.length < jobs.length) {
      return 'the whole history of the repository: this clone is shallow (fetch-depth: 0 in actions/checkout)';
    }
    return allowed.length > MAX_QUESTIONS
      ? `more than the ${MAX_QUESTIONS} questions to git that one check asks`
      : null;
  };
  return {
    facts,
    missed: () => missed,
    forgetOutdated: async (history, signal) => {
      if (answers.head === null) return;
      const state = await history.state(signal);
      if (state.kind === 'unavailable' || state.head !== answers.head) forget(answers);
    },
    ask: async (history, signal) => {
      try {
        return await ask(history, signal);
      } catch (error) {
        if (error instanceof HistoryFailure)
          return `the history of the repository, which is not known: ${error.message}`;
        throw error;
      }
    },
  };
}

/** Rules ask on from what they were told: for a script's text as it stood when its document changed last. */
const MAX_ROUNDS = 5;

/**
 * Asks again and again until nothing of it misses anything, or git has nothing more to say.
 *
 * @param git Null where it is not to be asked: what is known already has to do.
 * @returns For each its answer, and what it still needs; null where it missed nothing.
 */
export async function answerFromHistory<Q, A>(
  questions: readonly Q[],
  answerOf: (question: Q) => A,
  history: AskedHistory,
  git: History | null,
  signal: AbortSignal | undefined,
): Promise<readonly { readonly answer: A; readonly needs: string | null }[]> {
  if (git && questions.length > 0) await history.forgetOutdated(git, signal);
  let needs = git ? null : 'the history of the repository, which was not asked';
  for (let round = 1; ; round++) {
    const answers = questions.map((question) => {
      const before = history.missed();
      return { answer: answerOf(question), isComplete: history.missed() === before };
    });
    if (!git || needs !== null || round === MAX_ROUNDS || answers.every(({ isComplete }) => isComplete)) {
      return answers.map(({ answer, isComplete }) => ({
        answer,
        needs: isComplete ? null : (needs ?? 'more of the history than one check reads'),
      }));
    }
    needs = await history.ask(git, signal);
    signal?.throwIfAborted();
  }
}

function noQuestions(): Questions {
  return { lastCommits: new Set(), texts: new Map(), refs: new Set(), contributors: false, remoteUrl: false };
}

function forget(answers: HistoryAnswers): void {
  answers.head = null;
  answers.commits.clear();
  answers.refs.clear();
  answers.contributors = null;
  answers.remoteUrl = null;
}

interface Job {
  readonly isOfWholeHistory: boolean;
  readonly run: () => Promise<void>;
}

function jobsOf(
  open: Questions,
  answers: HistoryAnswers,
  history: History,
  head: string,
  signal: AbortSignal | undefined,
): readonly Job[] {
  if (answers.texts.size + open.texts.size > MAX_TEXTS) answers.texts.clear();
  const ofHistory = (run: () => Promise<void>): Job => ({ isOfWholeHistory: true, run });
  const ofAny = (run: () => Promise<void>): Job => ({ isOfWholeHistory: false, run });
  return [
    ...(open.remoteUrl
      ? [
          ofAny(async () => {
            answers.remoteUrl = { url: await history.remoteUrl(signal) };
          }),
        ]
      : []),
    ...(open.contributors
      ? [
          ofAny(async () => {
            answers.contributors = await contributorsOf(history, head, signal);
          }),
        ]
      : []),
    ...[...open.refs].map((ref) =>
      ofAny(async () => {
        answers.refs.set(ref, await history.resolve(ref, signal));
      }),
    ),
    ...[...open.lastCommits].map((path) =>
      ofHistory(async () => {
        answers.commits.set(path, await history.lastCommitOf(path, signal));
      }),
    ),
    ...[...open.texts].map(([key, { commit, path }]) =>
      ofHistory(async () => {
        const text = await history.fileAt(commit, path, signal);
        answers.texts.set(key, text.ok ? text.text : null);
      }),
    ),
  ];
}

async function contributorsOf(
  history: History,
  head: string,
  signal: AbortSignal | undefined,
): Promise<readonly Contributor[]> {
  const commits = await history.commitPaths({ base: null, head }, CONTRIBUTORS_OF_COMMITS, signal);
  const known = new Map<string, Contributor>();
  for (const { authorName, authorEmail } of commits) {
    const key = `${authorName}\0${authorEmail}`;
    if (!known.has(key)) known.set(key, { name: authorName, email: authorEmail });
  }
  return [...known.values()];
}

async function inTurns(
  jobs: readonly (() => Promise<void>)[],
  signal: AbortSignal | undefined,
): Promise<void> {
  for (let at = 0; at < jobs.length; at += AT_ONCE) {
    signal?.throwIfAborted();
    await Promise.all(jobs.slice(at, at + AT_ONCE).map((job) => job()));
  }
}
