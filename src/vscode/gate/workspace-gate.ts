import { dayAt } from '../../core/text/iso-day';
import * as vscode from 'vscode';
import type { FixedRepository, FixKinds } from '../../core/gate/apply-fixes';
import type { CheckInput, ReadingCache } from '../../core/gate/check';
import type { RootReport } from '../../core/gate/report';
import type { GraphInput } from '../../core/graph/build';
import { rememberFiles, type RememberedFiles } from './remembered-files';
import type { WorldResult } from '../repositories';
import type { WorkspaceRepositories, WorkspaceRepository } from '../workspace-world';

/** The latest word of the gate on one repository. */
export type Judgement =
  | {
      readonly kind: 'judged';
      readonly repository: WorkspaceRepository;
      readonly report: RootReport;
      /** From what the paths to production are drawn: the workflows as they were understood for this report. */
      readonly picture: Omit<GraphInput, 'findings'>;
    }
  | {
      readonly kind: 'not-judged';
      readonly repository: WorkspaceRepository;
      readonly message: string;
      readonly problems: Extract<WorldResult, { ok: false }>['problems'];
    };

/** What fixing a repository comes to, or why it could not be judged. */
export type FixesOfRepository =
  { readonly kind: 'fixed'; readonly fixed: FixedRepository } | Extract<Judgement, { kind: 'not-judged' }>;

/** Judges repositories and keeps the latest judgement of each for whoever shows it. */
export interface WorkspaceGate {
  /**
   * Judges now. A judgement that a later call overtook is returned but not kept. Files that are not open may be
   * remembered from a moment ago unless `isFresh`. While somebody types, `isTyping`, git is not asked anew.
   */
  judge(
    repository: WorkspaceRepository,
    signal: AbortSignal,
    options?: { readonly isFresh?: boolean; readonly isTyping?: boolean },
  ): Promise<Judgement>;
  /** Works out the fixes of a repository, of the findings in these files where some are named; nothing is written. */
  fix(
    repository: WorkspaceRepository,
    kinds: FixKinds,
    signal: AbortSignal,
    only?: ReadonlySet<string>,
  ): Promise<FixesOfRepository>;
  /** Says that a file changed on disk. */
  changedOnDisk(repository: WorkspaceRepository, path: string): void;
  latest(repository: WorkspaceRepository): Judgement | null;
  all(): readonly Judgement[];
  forget(key: string): void;
  readonly onDidJudge: vscode.Event<Judgement>;
  dispose(): void;
}

/** Starts without having judged anything. */
export function createWorkspaceGate(repositories: WorkspaceRepositories): WorkspaceGate {
  const judgements = new Map<string, Judgement>();
  const memories = new Map<string, Memory>();
  const runs = new Map<string, number>();
  const changed = new vscode.EventEmitter<Judgement>();

  const judge: WorkspaceGate['judge'] = async (repository, signal, options) => {
    const run = (runs.get(repository.key) ?? 0) + 1;
    runs.set(repository.key, run);
    const memory = memories.get(repository.key) ?? (await openMemory(repository));
    memories.set(repository.key, memory);
    if (options?.isFresh) memory.files.forget(null);
    const judgement = await judgeOnce(repository, memory, signal, options?.isTyping ?? false);
    if (runs.get(repository.key) === run && !signal.aborted) {
      judgements.set(repository.key, judgement);
      changed.fire(judgement);
    }
    return judgement;
  };
  return {
    judge,
    fix: async (repository, kinds, signal, only) => {
      const memory = await openMemory(repository);
      const opened = await openInput(repository, memory, signal);
      if (opened.kind === 'not-judged') return opened;
      const [{ applyFixes }, { whyNotWritable }] = await Promise.all([
        import('../../core/gate/apply-fixes'),
        import('../../adapters/file-writer'),
      ]);
      const fixed = await applyFixes(
        { ...opened.input, ...(only ? { only } : {}) },
        {
          kinds,
          whyNotEdit: async (path) => {
            const onDisk = await memory.files.read(path);
            const before = onDisk.ok ? onDisk.text : null;
            return whyNotWritable(repository.folder.fsPath, { path, before, after: '', purpose: '' });
          },
        },
      );
      return { kind: 'fixed', fixed };
    },
    latest: (repository) => judgements.get(repository.key) ?? null,
    all: () => repositories.all().flatMap((repository) => judgements.get(repository.key) ?? []),
    forget: (key) => {
      judgements.delete(key);
      memories.delete(key);
    },
    changedOnDisk: (repository, path) => memories.get(repository.key)?.files.forget(path),
    onDidJudge: changed.event,
    dispose: () => changed.dispose(),
  };
}

/** What is kept of a repository between two judgings. */
interface Memory {
  readonly files: RememberedFiles;
  readonly cache: ReadingCache;
}

async function openMemory(repository: WorkspaceRepository): Promise<Memory> {
  const [{ createNodeFiles }, { createReadingCache }] = await Promise.all([
    import('../../adapters/node-files'),
    import('../../core/gate/check'),
  ]);
  return {
    files: rememberFiles(createNodeFiles(repository.folder.fsPath), Date.now),
    cache: createReadingCache(),
  };
}

async function judgeOnce(
  repository: WorkspaceRepository,
  memory: Memory,
  signal: AbortSignal,
  isTyping: boolean,
): Promise<Judgement> {
  const [opened, { checkRepository }] = await Promise.all([
    openInput(repository, memory, signal),
    import('../../core/gate/check'),
  ]);
  if (opened.kind === 'not-judged') return opened;
  const report = await checkRepository({ ...opened.input, asksHistory: !isTyping });
  const { configuration } = opened.input;
  return {
    kind: 'judged',
    repository,
    report,
    picture: {
      set: memory.cache.understood?.set ?? null,
      environments: {
        production: configuration.productionEnvironments,
        other: configuration.otherEnvironments,
      },
    },
  };
}

/** A repository as it stands in the editor, ready to be judged. */
async function openInput(
  repository: WorkspaceRepository,
  memory: Memory,
  signal: AbortSignal,
): Promise<
  { readonly kind: 'opened'; readonly input: CheckInput } | Extract<Judgement, { kind: 'not-judged' }>
> {
  const [opened, { BASELINE_PATH, openBaseline }, { overlayFiles }] = await Promise.all([
    repository.world(),
    import('../../core/gate/baseline'),
    import('../../core/gate/overlay'),
  ]);
  if (!opened.ok) {
    return { kind: 'not-judged', repository, message: opened.message, problems: opened.problems };
  }
  const { world } = opened;
  const files = overlayFiles(memory.files, repository.unsavedTexts());
  const known = await openBaseline(files, BASELINE_PATH, { isRequired: false });
  if (!known.ok) {
    const problems = [{ path: BASELINE_PATH, line: 1, column: 1, message: known.reason }];
    return { kind: 'not-judged', repository, message: `${known.reason}.`, problems };
  }
  const input: CheckInput = {
    root: repository.name,
    files,
    ...(known.baseline ? { baseline: known.baseline } : {}),
    parsers: world.parsers,
    configuration: world.configuration,
    configurationPath: opened.configurationPath,
    history: world.history,
    today: dayAt(world.clock.now()),
    cache: memory.cache,
    signal,
  };
  return { kind: 'opened', input };
}
