import * as vscode from 'vscode';
import type { FollowedRun } from '../../adapters/release/follow-run';
import type { OutputTail } from '../../adapters/release/output-tail';
import type { JournalLine } from '../../core/release/events';
import type { Actor } from '../../core/release/run';
import type { ReleaseState } from '../../core/release/state';
import type { Demand } from '../../core/release/events';
import type { ReleaseView } from '../../core/release/view';
import { faultSentence } from '../log';
import type { Workbench } from '../workbench';
import type { WorkspaceRepository } from '../workspace-world';

/** So many lines of what the script printed are shown. */
const MAX_OUTPUT_LINES = 40;

/** How long the first lines of a journal may take to come. */
const FIRST_LINES_MS = 10_000;

/** A run that this window follows: one for every panel, quick pick and status bar item that shows it. */
export interface LiveRun {
  readonly id: string;
  readonly repository: WorkspaceRepository;
  readonly releaseFolder: string;
  state(): ReleaseState;
  view(): Promise<ReleaseView>;
  journal(): readonly JournalLine[];
  output(): Promise<OutputTail | null>;
  isGone(): boolean;
  /** Why the last answer or demand was not taken, a clause; null where it was. */
  refusal(): string | null;
  /** It went on, or something was refused. */
  readonly onDidChange: vscode.Event<void>;
  /** Gives the run an answer of the person at this window; false where it was refused, and `refusal` says why. */
  answer(question: string, choice: string, text: string): Promise<boolean>;
  demand(what: Demand['what'], reason: string, phrase: string): Promise<boolean>;
}

/** The runs that this window follows. A run stays until it is over and nothing shows it, or the window closes. */
export interface FollowedRuns {
  all(): readonly LiveRun[];
  /** Follows a run; null where its journal cannot be read. */
  follow(repository: WorkspaceRepository, releaseFolder: string, id: string): Promise<LiveRun | null>;
  /** Shown somewhere: it is kept though it is over. */
  hold(run: LiveRun): vscode.Disposable;
  /** A run came, went on or is followed no more. */
  readonly onDidChange: vscode.Event<LiveRun>;
}

interface Entry {
  readonly live: LiveRun;
  readonly close: () => void;
  holders: number;
}

/** Starts without following anything. */
export function createFollowedRuns(context: vscode.ExtensionContext, workbench: Workbench): FollowedRuns {
  const entries = new Map<string, Entry>();
  const opening = new Map<string, Promise<LiveRun | null>>();
  const changed = new vscode.EventEmitter<LiveRun>();
  context.subscriptions.push(changed, {
    dispose: () => {
      for (const { close } of entries.values()) close();
      entries.clear();
    },
  });
  const settle = (key: string): void => {
    const entry = entries.get(key);
    if (!entry || entry.holders > 0) return;
    if (entry.live.state().phase !== 'ended') return;
    entries.delete(key);
    entry.close();
    changed.fire(entry.live);
  };

  const open = async (
    key: string,
    repository: WorkspaceRepository,
    releaseFolder: string,
    id: string,
  ): Promise<LiveRun | null> => {
    const { openFollowedRun } = await import('../../adapters/release/follow-run');
    const run = await openFollowedRun(repository.folder.fsPath, releaseFolder, id);
    if (!run) return null;
    await firstLines(run);
    const made = liveRunOf(run, repository, releaseFolder, workbench);
    const listener = made.live.onDidChange(() => {
      changed.fire(made.live);
      settle(key);
    });
    entries.set(key, {
      live: made.live,
      holders: 0,
      close: () => {
        listener.dispose();
        made.close();
      },
    });
    changed.fire(made.live);
    return made.live;
  };

  return {
    all: () => [...entries.values()].map(({ live }) => live),
    onDidChange: changed.event,
    follow: async (repository, releaseFolder, id) => {
      const key = keyOf(repository, id);
      const known = entries.get(key)?.live;
      if (known) return known;
      const begun = opening.get(key) ?? open(key, repository, releaseFolder, id);
      opening.set(key, begun);
      try {
        return await begun;
      } finally {
        opening.delete(key);
      }
    },
    hold: (live) => {
      const key = keyOf(live.repository, live.id);
      const entry = entries.get(key);
      if (entry) entry.holders++;
      let isHeld = entry !== undefined;
      return {
        dispose: () => {
          if (!isHeld || !entry) return;
          isHeld = false;
          entry.holders--;
          settle(key);
        },
      };
    },
  };
}

const keyOf = (repository: WorkspaceRepository, id: string): string => `${repository.key}\n${id}`;

/** The journal is read in the background: a run that is shown has begun. */
async function firstLines(run: FollowedRun): Promise<void> {
  if (run.state().run) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      stop();
      resolve();
    };
    const timer = setTimeout(done, FIRST_LINES_MS);
    const stop = run.onChange(() => {
      if (run.state().run) done();
    });
  });
}

function liveRunOf(
  run: FollowedRun,
  repository: WorkspaceRepository,
  releaseFolder: string,
  workbench: Workbench,
): { readonly live: LiveRun; readonly close: () => void } {
  const changed = new vscode.EventEmitter<void>();
  /** What this face itself refused, before the run heard of it. */
  let refused: string | null = null;
  const stop = run.onChange(() => changed.fire());
  const refuse = (why: string): false => {
    refused = why;
    changed.fire();
    return false;
  };
  const spoken = async (
    say: (
      by: Actor,
    ) => Promise<{ readonly ok: true } | { readonly ok: false; readonly detail: string } | null>,
  ): Promise<boolean> => {
    refused = null;
    try {
      if (!vscode.workspace.isTrusted) return refuse('the workspace is not trusted');
      const { gitUserName } = await import('../../adapters/git-identity');
      const name = await gitUserName(repository.folder.fsPath);
      if (name === null) return refuse('git does not know who you are: git config user.name "Your Name"');
      const outcome = await say({ name, via: 'panel' });
      if (outcome === null) return false;
      return outcome.ok || refuse(`what you said ${outcome.detail}`);
    } catch (error) {
      workbench.log.fault('The answer could not be given', error);
      return refuse(faultSentence('The answer could not be given', error));
    }
  };
  const live: LiveRun = {
    id: run.id,
    repository,
    releaseFolder,
    state: () => run.state(),
    view: async () => {
      const { viewOf } = await import('../../core/release/view');
      return viewOf(run.state(), run.elapsedMs());
    },
    journal: () => run.lines(),
    output: async () => {
      const { outputFileOf, outputTail } = await import('../../adapters/release/output-tail');
      const { stage, rollback } = run.state();
      const names = [...(rollback ? [outputFileOf(null)] : []), outputFileOf(stage)];
      return outputTail(repository.folder.fsPath, releaseFolder, run.id, names, MAX_OUTPUT_LINES);
    },
    isGone: () => run.isGone(),
    refusal: () => refused ?? run.lastRefusal(),
    onDidChange: changed.event,
    answer: (question, choice, text) =>
      spoken(async (by) => {
        const { whyNotAnswered } = await import('../../core/release/machine');
        const answer = { question, choice, text, by };
        const why = whyNotAnswered(run.state(), answer);
        if (why === null) return run.answer(answer);
        refuse(`the answer ${why}`);
        return null;
      }),
    demand: (what, reason, phrase) =>
      spoken(async (by) => {
        const { whyNotDemanded } = await import('../../core/release/machine');
        const demand: Demand = what === 'skip-watch' ? { what, reason, phrase, by } : { what, reason, by };
        const why = whyNotDemanded(run.state(), demand);
        if (why === null) return run.demand(demand);
        refuse(`the demand ${why}`);
        return null;
      }),
  };
  return {
    live,
    close: () => {
      stop();
      run.close();
      changed.dispose();
    },
  };
}
