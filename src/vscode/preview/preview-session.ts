import type { JournalFiles } from '../../adapters/journal-files';
import {
  journalLine,
  journalName,
  readJournal,
  runStateOf,
  type JournalEvent,
  type JournalParameters,
  type JournalStep,
  type RunState,
} from '../../core/documents/journal';
import { environmentIn, parametersOf, type DocumentParameter } from '../../core/documents/parameters';
import { commandHtml } from '../../core/documents/preview';
import { runView, type RunView } from '../../core/documents/run-view';
import type { DocumentCommand, DocumentStep } from '../../core/documents/steps-in';
import { findPlaceholders } from '../../core/documents/markdown/placeholders';
import { holdsUnseen } from '../../core/documents/markdown/write';
import type { ShellNode, ShellParser } from '../../core/ports';
import { angleBrackets, ellipses } from '../../core/rules/document/commands/open-places';
import { fillVariables, type FilledCommand } from '../../core/shell/fill-variables';
import type { Span } from '../../core/text/position';
import { secretsOfKnownShape, withoutSecrets } from '../../core/text/secret-shapes';
import { isCredentialName } from '../../core/workflow/secret-flow';
import { pageRequest, type CommandEntry, type PageUpdate, type ParameterEntry } from './page-messages';
import { contentsHtml } from './preview-page';
import type { PreviewContent } from './read-preview';

/** A value that a person filled, with when, ISO 8601. */
export interface KeptValue {
  readonly value: string;
  readonly at: string;
}

/** What a person is asked before a command runs. */
export interface RunQuestion {
  readonly message: string;
  /** Where it belongs, what it reaches, and the command, character by character. */
  readonly detail: string;
  readonly action: string;
}

/** What a preview needs of the editor around it. */
export interface PreviewSurroundings {
  /** The address that the page keeps, to be made again after a restart. */
  readonly uri: string;
  isTrusted(): boolean;
  now(): Date;
  post(update: PageUpdate): void;
  copy(text: string): Promise<void>;
  open(address: string): Promise<void>;
  warn(message: string): void;
  /** Waits for a person to confirm; nothing but their word is a yes. */
  confirm(question: RunQuestion): Promise<boolean>;
  /** The name that git gives the person; null where it has none. */
  who(): Promise<string | null>;
  isProduction(environment: string): Promise<boolean>;
  readonly parser: ShellParser;
  /** Null where the document is no file of a repository. */
  readonly journal: JournalFiles | null;
  readonly terminal: {
    /** Why commands cannot be handed to it, as a sentence without a full stop; null where they can. */
    whyNot(): string | null;
    /** Hands the command over. `ended` resolves with its exit code; null where the terminal does not tell. */
    run(
      command: string,
      secrets: ReadonlyMap<string, string>,
    ): Promise<{ readonly ended: Promise<number | null> | null }>;
  };
  /** Values of parameters, for as long as the workspace is. */
  readonly memory: {
    load(): Readonly<Record<string, KeptValue>>;
    save(values: Readonly<Record<string, KeptValue>>): void;
  };
}

/** A preview that is open: the document, what was filled in, and where its run stands. */
export interface PreviewSession {
  /** Shows a document, or the same one after an edit: only what differs goes to the page. */
  show(content: PreviewContent): void;
  /** Reads the journal again and says how the run stands. */
  reload(): Promise<void>;
  /** Anything that the page sends. */
  receive(message: unknown): Promise<void>;
  /** Time has passed, or the workspace is trusted now. */
  refresh(): void;
  /** Brings the page to the rollback section. */
  jumpToRollback(): void;
}

/** A modal that a person cannot see the whole of confirms nothing. */
const MAX_SHOWN_CHARACTERS = 3_000;
const MAX_SHOWN_LINES = 30;

/** After this long a value that was filled in says so: last week's version is not tonight's. */
const OLD_VALUE_MS = 8 * 60 * 60 * 1000;

const RESTRICTED = 'Restricted Mode: no command is run from here and nothing is recorded';

/** Opens a session; it does nothing until it is shown a document or the page asks. */
export function createPreviewSession(around: PreviewSurroundings): PreviewSession {
  let content: PreviewContent | null = null;
  let sentParts: readonly string[] = [];
  let isReady = false;
  const kept = new Map(Object.entries(around.memory.load()));
  const secrets = new Map<string, string>();
  let journal: { readonly path: string; readonly state: RunState } | null = null;
  let journalProblem = '';
  let isAsking = false;
  let wasOverdue = false;
  let queue: Promise<unknown> = Promise.resolve();
  const parser = rememberingParser(around.parser);

  const isSecret = (name: string): boolean => isCredentialName(name) || secrets.has(name);

  const values = (): ReadonlyMap<string, string> =>
    new Map([...kept].filter(([name]) => !isSecret(name)).map(([name, { value }]) => [name, value]));

  const declaredNames = (): ReadonlySet<string> => new Set(content?.declared.map(({ name }) => name) ?? []);

  /** What was filled since the document or a value last changed; several answers ask for all of it. */
  let filledNow = new Map<string, FilledCommand>();
  const fill = (command: DocumentCommand): FilledCommand => {
    const known = filledNow.get(command.id);
    if (known) return known;
    const filled = fillVariables(
      command.text,
      parser,
      { values: values(), secrets: new Set(secrets.keys()), declared: declaredNames() },
      openPlaces(command.text),
    );
    filledNow.set(command.id, filled);
    return filled;
  };

  const isScript = ({ id }: DocumentCommand): boolean => content?.scripts.has(id) === true;

  const stepOf = (command: DocumentCommand): DocumentStep | null =>
    content?.steps.find(({ commands }) => commands.some(({ id }) => id === command.id)) ?? null;

  const parameters = (): readonly DocumentParameter[] => {
    if (!content) return [];
    const taken = content.commands.filter(isScript).flatMap((command) => fill(command).taken);
    return parametersOf(content, content.declared, taken);
  };

  /** The environment that the parameters of this document name, else its front matter; null where nothing does. */
  const environmentNow = (): string | null => {
    const names = new Set(parameters().map(({ name }) => name));
    return (
      environmentIn(new Map([...values()].filter(([name]) => names.has(name)))) ??
      content?.environment ??
      null
    );
  };

  /** Why nothing is recorded, and so nothing run, from here; '' where it can be. */
  const whyNotRecorded = (): string => {
    if (!around.isTrusted()) return RESTRICTED;
    if (!around.journal)
      return 'This document is no file of the repository yet: what is done cannot be recorded';
    return journalProblem;
  };

  const whyNotRun = ({ text, unfilled, isReadable }: FilledCommand): string => {
    const open = [...openPlaces(text), ...ellipses(text)].map(({ start, end }) => text.slice(start, end));
    if (open.length > 0) return `Cannot run: still open: ${open.join(', ')}`;
    if (unfilled.length > 0) return `Cannot run: not filled: ${unfilled.join(', ')}`;
    if (!isReadable)
      return 'Cannot run: this does not read as shell, so no value is filled in; look at it and copy it';
    if (text.trim() === '') return 'Cannot run: it is empty';
    if (holdsUnseen(text)) return 'Cannot run: it holds characters that cannot be seen';
    if (text.length > MAX_SHOWN_CHARACTERS || text.split('\n').length > MAX_SHOWN_LINES) {
      return 'Cannot run: it is too long to be shown whole for you to confirm; copy it';
    }
    const reason = whyNotRecorded() || around.terminal.whyNot();
    return reason ? `Cannot run: ${reason}` : '';
  };

  const post = (update: PageUpdate): void => {
    if (isReady) around.post(update);
  };

  const postContent = (): void => {
    if (!content || !isReady) return;
    const { from, removed, parts } = difference(sentParts, content.parts);
    sentParts = content.parts;
    post({
      type: 'content',
      title: content.title,
      summary: content.summary,
      contents: contentsHtml(content.contents),
      rollback: content.rollback,
      from,
      removed,
      parts,
      state: { uri: around.uri },
    });
  };

  const postParameters = (): void => {
    const entries = parameters().map((parameter): ParameterEntry => {
      const { name, meaning, example, isDeclared } = parameter;
      const hidden = isSecret(name);
      const own = hidden ? null : (kept.get(name) ?? null);
      const says = [
        meaning,
        isDeclared ? '' : 'taken by a command; not in the table of parameters',
        hidden ? 'masked, never stored and never written into a command' : '',
        own && around.now().getTime() - Date.parse(own.at) > OLD_VALUE_MS
          ? `filled ${own.at.slice(0, 16).replace('T', ' ')} UTC: check that it still holds`
          : '',
      ];
      return {
        name,
        says: says.filter((each) => each !== '').join('; '),
        example,
        isSecret: hidden,
        value: own?.value ?? '',
        isFilled: hidden ? secrets.has(name) : own !== null,
      };
    });
    const open = entries.filter(({ isFilled }) => !isFilled).map(({ name }) => name);
    post({
      type: 'parameters',
      environment: environmentNow() ?? '',
      note:
        entries.length === 0
          ? ''
          : open.length === 0
            ? 'All filled; the commands below show the values.'
            : `${open.length} of ${entries.length} not filled: ${open.join(', ')}.`,
      entries,
    });
  };

  const postCommands = (): void => {
    const commands = (content?.commands ?? []).map((command): CommandEntry => {
      const step = stepOf(command);
      if (!isScript(command)) {
        return {
          id: command.id,
          html: commandHtml(command.text, []),
          isOffered: false,
          canRun: false,
          why: '',
          name: '',
        };
      }
      const filled = fill(command);
      const why = step ? whyNotRun(filled) : '';
      const isOffered = step !== null && around.isTrusted();
      return {
        id: command.id,
        html: commandHtml(filled.text, filled.unfilled),
        isOffered,
        canRun: isOffered && why === '',
        why: isOffered ? why : '',
        name: step ? `${step.sectionTitle}, step ${step.number}: ${step.title}` : '',
      };
    });
    post({ type: 'commands', commands });
  };

  const viewNow = (): RunView | null =>
    content && runView(content.steps, journal?.state ?? null, around.now());

  const postRun = (): void => {
    const view = viewNow();
    if (!content || !view) return;
    if (view.isOverdue && !wasOverdue) post({ type: 'announce', text: view.says });
    wasOverdue = view.isOverdue;
    post({
      type: 'run',
      says: view.says,
      whyNot: content.steps.length === 0 ? 'This document has no steps' : whyNotRecorded(),
      isUnderWay: view.isUnderWay,
      isOverdue: view.isOverdue,
      steps: [...view.steps].map(([id, { tick: own, ...step }]) => ({ id, isTicked: own !== null, ...step })),
    });
  };

  const postAll = (): void => {
    postContent();
    postParameters();
    postCommands();
    postRun();
  };

  const readAgain = async (): Promise<void> => {
    const found = around.journal && around.isTrusted() ? await around.journal.latest() : null;
    journalProblem = '';
    journal = null;
    if (found === null) return;
    if (!found.ok) {
      journalProblem = `The journal ${found.detail}`;
      return;
    }
    const state = runStateOf(readJournal(found.text).events);
    if (state) journal = { path: found.path, state };
  };

  const told = (names: readonly string[]): JournalParameters => {
    const known = values();
    return {
      parameters: Object.fromEntries(
        names.flatMap((name) => {
          const value = known.get(name);
          return value === undefined ? [] : [[name, value] as const];
        }),
      ),
      hidden: names.filter((name) => secrets.has(name)),
    };
  };

  const namesOf = (step: DocumentStep): readonly string[] => [
    ...new Set(step.commands.filter(isScript).flatMap((command) => fill(command).taken)),
  ];

  /** Says why something was not recorded. */
  const refuse = (sentence: string): null => {
    around.warn(sentence);
    return null;
  };

  /** The journal of the run that is under way; begins one where there is none. Null where that cannot be, which is said. */
  const journalUnderWay = async (): Promise<string | null> => {
    const files = around.journal;
    const reason = whyNotRecorded();
    if (!files || !content || reason !== '') return refuse(`${reason || 'Nothing is shown yet'}.`);
    await readAgain();
    if (journal && journal.state.finishedAt === null) return journal.path;
    const by = await around.who();
    const now = around.now();
    const outcome = await files.begin(
      journalName(now),
      journalLine({
        event: 'started',
        at: now.toISOString(),
        by,
        document: content.path,
        title: content.heading,
        hash: content.hash,
        ...told(parameters().map(({ name }) => name)),
      }),
    );
    await readAgain();
    return outcome.ok ? outcome.path : refuse(`Nothing was recorded: the journal ${outcome.detail}.`);
  };

  /** Writes an event behind the others; false where it could not be, which is said. */
  const append = async (
    path: string,
    eventOf: (common: { readonly at: string; readonly by: string | null }) => JournalEvent,
  ): Promise<boolean> => {
    if (!around.journal || !around.isTrusted()) return refuse(`${RESTRICTED}.`) !== null;
    const event = eventOf({ at: around.now().toISOString(), by: await around.who() });
    const outcome = await around.journal.append(path, journalLine(event));
    await readAgain();
    if (!outcome.ok) refuse(`Nothing was recorded: the journal ${outcome.detail}.`);
    return outcome.ok;
  };

  /** One thing after the other, so that each sees what the one before it wrote. */
  const inTurn = async (act: () => Promise<unknown>): Promise<void> => {
    const turn = queue.then(act, act);
    queue = turn.catch(() => undefined);
    try {
      await turn;
    } finally {
      postRun();
    }
  };

  const finish = (): Promise<void> =>
    inTurn(async () => {
      await readAgain();
      if (journal?.state.finishedAt !== null) return;
      await append(journal.path, (common) => ({ ...common, event: 'finished' }));
    });

  const tick = (id: string, isTicked: boolean): Promise<void> =>
    inTurn(async () => {
      await readAgain();
      const step = content?.steps.find((each) => each.id === id);
      const standing = viewNow()?.steps.get(id)?.tick ?? null;
      if (!step || isTicked === (standing !== null)) return;
      const path = await journalUnderWay();
      if (path === null) return;
      await append(path, (common) => ({
        ...common,
        event: isTicked ? 'ticked' : 'unticked',
        // What is taken back is what was ticked, though its text may be another now.
        step: standing?.step ?? journalled(step),
        ...told(namesOf(step)),
      }));
    });

  const run = async (id: string): Promise<void> => {
    if (!around.isTrusted()) {
      around.warn(`${RESTRICTED}.`);
      return;
    }
    const command = content?.commands.find((each) => each.id === id);
    const step = command ? stepOf(command) : null;
    if (!content || !command || !step || !isScript(command) || isAsking) return;
    const filled = fill(command);
    const why = whyNotRun(filled);
    if (why !== '') {
      around.warn(`${why}.`);
      return;
    }
    // From here on it is this text and no other, whatever happens to the document while the person reads it.
    const { text, taken } = filled;
    const block = step.commands.findIndex((each) => each.id === id) + 1;
    const environment = environmentNow();
    const given = new Map([...secrets].filter(([name]) => taken.includes(name)));
    isAsking = true;
    let isConfirmed = false;
    try {
      isConfirmed = await around.confirm({
        message: `Run this command of step ${step.number}, "${step.title}", in the terminal?`,
        detail: [
          `${content.path}, ${step.sectionTitle}, step ${step.number}${step.commands.length > 1 ? `, command ${block} of ${step.commands.length}` : ''}`,
          environment === null
            ? 'Environment: not known; no parameter names it'
            : `Environment: ${environment}${(await around.isProduction(environment)) ? ' (PRODUCTION)' : ''}`,
          ...(given.size > 0
            ? [`From the terminal's environment, not shown: ${[...given.keys()].join(', ')}`]
            : []),
          '',
          text,
        ].join('\n'),
        action: 'Run in Terminal',
      });
    } finally {
      isAsking = false;
    }
    if (!isConfirmed || !around.isTrusted()) return;
    await inTurn(async () => {
      // On the disk before it happens: what ran and is not in the journal would be worse than the reverse.
      const path = await journalUnderWay();
      const isRecorded =
        path !== null &&
        (await append(path, (common) => ({
          ...common,
          event: 'ran',
          step: journalled(step),
          block,
          command: withoutSecrets(text),
          environment,
          ...told(taken),
        })));
      if (!isRecorded) return;
      const { ended } = await around.terminal.run(text, given);
      void ended
        ?.then((exitCode) =>
          inTurn(() =>
            append(path, (common) => ({
              ...common,
              event: 'ended',
              step: journalled(step),
              block,
              exitCode,
            })),
          ),
        )
        .catch(() => undefined);
    });
  };

  const setParameter = (name: string, value: string): void => {
    if (!parameters().some((each) => each.name === name)) return;
    if (/[\u0000-\u001f\u007f]/.test(value) || holdsUnseen(value)) {
      around.warn(`The value of ${name} holds characters that cannot be seen; it is not taken.`);
    } else if (value === '') {
      kept.delete(name);
      secrets.delete(name);
    } else if (isSecret(name) || secretsOfKnownShape(value).length > 0) {
      kept.delete(name);
      secrets.set(name, value);
    } else if (kept.get(name)?.value !== value) kept.set(name, { value, at: around.now().toISOString() });
    // What looks like a secret is nowhere but here, for as long as the preview is open.
    filledNow = new Map();
    around.memory.save(Object.fromEntries([...kept].filter(([each]) => !isSecret(each))));
    postParameters();
    postCommands();
  };

  return {
    show(next) {
      content = next;
      filledNow = new Map();
      postAll();
    },
    async reload() {
      await inTurn(readAgain);
    },
    refresh: () => postRun(),
    jumpToRollback: () => post({ type: 'jump', to: 'rollback' }),
    async receive(message) {
      const request = pageRequest(message);
      switch (request?.type) {
        case undefined:
          return;
        case 'ready':
          isReady = true;
          sentParts = [];
          postAll();
          return;
        case 'open':
          return around.open(request.address);
        case 'copy': {
          const command = content?.commands.find(({ id }) => id === request.command);
          if (!command) return;
          await around.copy(isScript(command) ? fill(command).text : command.text);
          post({ type: 'announce', text: 'Command copied.' });
          return;
        }
        case 'parameter':
          return setParameter(request.name, request.value);
        case 'clear':
          kept.clear();
          secrets.clear();
          filledNow = new Map();
          around.memory.save({});
          postParameters();
          postCommands();
          return;
        case 'begin':
          return inTurn(journalUnderWay);
        case 'finish':
          return finish();
        case 'tick':
          return tick(request.step, request.isTicked);
        case 'run':
          return run(request.command);
      }
    },
  };
}

function journalled({ section, number, title, hash }: DocumentStep): JournalStep {
  return { section, number, title, hash };
}

/** What somebody left to be filled in by hand; neither is shell. */
function openPlaces(text: string): readonly Span[] {
  const unknown = findPlaceholders(text).map(({ span }) => span);
  const named = angleBrackets(text).filter(
    (span) => !unknown.some((other) => other.start < span.end && span.start < other.end),
  );
  return [...unknown, ...named].sort((one, other) => one.start - other.start);
}

/** What has to change in a list to make it the other: one stretch of it. */
function difference(
  before: readonly string[],
  after: readonly string[],
): { readonly from: number; readonly removed: number; readonly parts: readonly string[] } {
  let from = 0;
  while (from < before.length && from < after.length && before[from] === after[from]) from++;
  let same = 0;
  while (
    same < before.length - from &&
    same < after.length - from &&
    before[before.length - 1 - same] === after[after.length - 1 - same]
  ) {
    same++;
  }
  return { from, removed: before.length - from - same, parts: after.slice(from, after.length - same) };
}

/** A parser that keeps what it read: a value that is typed changes no script, and filling asks for all of them. */
function rememberingParser(parser: ShellParser): ShellParser {
  const trees = new Map<string, ShellNode>();
  return {
    parse(text) {
      const known = trees.get(text);
      if (known) return known;
      if (trees.size >= 500) trees.clear();
      const tree = parser.parse(text);
      trees.set(text, tree);
      return tree;
    },
  };
}
