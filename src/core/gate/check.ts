import { dayAt } from '../text/iso-day';
import picomatch from 'picomatch';
import type { History, Parsers, RepositoryFiles, Clock } from '../ports';
import type { ProposedFile } from '../text/proposal';
import { lineIndex, type LineIndex, type Range, type Span } from '../text/position';
import { readFrontMatter } from '../text/front-matter';
import type { Workflow } from '../workflow/model';
import { readLocalActions, type LocalAction } from '../workflow/local-actions';
import { readWorkflow } from '../workflow/read';
import type { UnderstandingOptions, WorkflowSet } from '../workflow/understanding';
import { understandWorkflows } from '../workflow/understand';
import { documentKinds } from '../documents/index';
import { secretsRotationPlanKind } from '../documents/secrets-rotation-plan/secrets-rotation-plan-kind';
import type { ReadDocument } from '../documents/document';
import { alertRules } from '../rules/alert/index';
import { trustRules } from '../rules/trust/index';
import { recordsIn } from '../records/records-in';
import { kindOfEnvironmentName } from '../workflow/targets';
import { secretsInFiles } from '../evidence/secrets/file-secrets';
import { readSecretFiles, secretInventory } from '../evidence/secrets/secret-inventory';
import type { FileSecrets } from '../evidence/secrets/secret-uses';
import { workflowSecrets } from '../workflow/workflow-secrets';
import { documentRules } from '../rules/document/index';
import { rule as unreadableFile } from '../rules/gate/unreadable-file';
import { partsOfGitHub, ruleOf, rules, rulesOfGitHub, rulesOfRelease, workflowRules } from '../rules/index';
import { judgesKind } from '../rules/rule';
import type { GateFacts, ReleaseFacts, Rule, RuleFinding, Severity } from '../rules/rule';
import { readAlertFiles, type AlertsRead } from './alert-files';
import { readTrustFiles, type TrustsRead } from './trust-files';
import { applyBaseline, type Baseline } from './baseline';
import { CONFIGURATION_PATH, type Configuration } from './configuration';
import { answerFromHistory, askedHistory, noHistoryAnswers, type HistoryAnswers } from './history-answers';
import { readDocumentFacts } from './document-facts';
import { isTestData } from './test-data';
import { overlayFiles } from './overlay';
import {
  answerOf,
  holdsSame,
  holdsSameSets,
  isEqualData,
  noRuleAnswers,
  steady,
  type RuleAnswers,
} from './rule-answers';
import { PIN_CACHE_PATH, pinsWith, readPinCache } from './pin-cache';
import { verdictOf, type Finding, type NotChecked, type RootReport } from './report';
import {
  applyWaivers,
  jobAtOffset,
  waiversOfConfiguration,
  waiversOfDocument,
  waiversOfFile,
  waiversOfLines,
  waiversOfWorkflow,
  type JudgedFinding,
  type WaiversFound,
} from './waivers';

/** What is judged, and with what. */
export interface CheckInput {
  /** The repository as it was named on the call, for the report. */
  readonly root: string;
  readonly files: RepositoryFiles;
  readonly parsers: Parsers;
  readonly configuration: Configuration;
  /** Where the configuration was read, for findings about its waivers; `.github/release-gate.yml` by default. */
  readonly configurationPath?: string;
  readonly history?: History;
  /** Whether git may be asked now; what the cache knows of it is used either way. True by default. */
  readonly asksHistory?: boolean;
  /** Findings that were there before: they are set aside, and the report counts them apart. */
  readonly baseline?: Baseline;
  /** ISO date: waivers end by it. */
  readonly today: string;
  /** Only findings in these paths are listed and counted; everything is read for judging all the same. */
  readonly only?: ReadonlySet<string>;
  /** Files that are read and judged wherever they stand, though the gate would not look there; `only` by default. */
  readonly named?: ReadonlySet<string>;
  /** Readings of earlier calls, so that a keystroke reads only the file that it changed. */
  readonly cache?: ReadingCache;
  /** The release that is judged, for the rules over its plan; they are not checked without one. */
  readonly release?: ReleaseFacts;
  readonly signal?: AbortSignal;
}

/** Workflows and documents as they were last read, by path and text. One per repository; bounded by its files. */
export interface ReadingCache {
  readonly workflows: Map<string, Workflow>;
  readonly documents: Map<string, ReadDocument>;
  /** What the workflows meant together, as long as none of them changed. */
  understood: {
    readonly key: string;
    readonly options: UnderstandingOptions;
    readonly workflows: readonly Workflow[];
    readonly set: WorkflowSet;
  } | null;
  /** What git said of the commit that was checked out last. */
  readonly history: HistoryAnswers;
  /** Files that define alerts, by path; null for one that defines none. */
  readonly alerts: AlertsRead;
  /** Files that say who trusts GitHub's tokens, by path; null for one that says nothing of it. */
  readonly trusts: TrustsRead;
  /** What files other than workflows say of secrets, as long as none of them changed. */
  secrets: { readonly texts: ReadonlyMap<string, string>; readonly found: FileSecrets } | null;
  /** Texts of Markdown that is none of our documents, by path. */
  readonly otherMarkdown: Map<string, string>;
  /** What rules said of documents that did not change. */
  readonly answers: RuleAnswers;
}

/** A cache that has read nothing yet. */
export function createReadingCache(): ReadingCache {
  return {
    workflows: new Map(),
    documents: new Map(),
    understood: null,
    history: noHistoryAnswers(),
    alerts: new Map(),
    trusts: new Map(),
    secrets: null,
    otherMarkdown: new Map(),
    answers: noRuleAnswers(),
  };
}

/** One repository, as far as judging a proposal needs it; a task's `World` is one. */
export interface JudgedWorld {
  readonly files: RepositoryFiles;
  readonly parsers: Parsers;
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly history?: History;
}

/** GitHub reads workflows from this folder only, not from folders inside it. */
const WORKFLOW_PATH = /^\.github\/workflows\/[^/]+\.ya?ml$/;

/** Markdown files beyond this many are recognised by their path only, not by their front matter. */
const MAX_FRONT_MATTERS = 2_000;

/** More parts of one document that could not be read are one complaint too many. */
const MAX_READ_PROBLEMS = 5;

/** The cache of an editor's many calls is emptied of files that are gone when it holds this many more than it needs. */
const MAX_STALE_READINGS = 200;

/** Whether GitHub takes a path for a workflow. */
export function isWorkflowPath(path: string): boolean {
  return WORKFLOW_PATH.test(path);
}

/**
 * Judges one repository: reads its workflows and documents, runs every rule, applies the configuration's severities
 * and the waivers, and gives the findings in the order of path, place and rule. A file that cannot be read is a
 * finding, and the others are judged. Equal input gives an equal report.
 *
 * @throws The signal's reason when it is aborted, and what a broken installation throws (a parser that cannot load).
 */
export async function checkRepository(input: CheckInput): Promise<RootReport> {
  const { configuration, files, signal } = input;
  const cache = input.cache ?? createReadingCache();
  const listed = await files.list(signal);
  const found: { readonly rule: Rule; readonly finding: RuleFinding }[] = [];
  const failed = new Set<string>();
  const lines = new Map<string, LineIndex>();

  if (!listed.isComplete) {
    found.push({
      rule: unreadableFile,
      finding: {
        message:
          'Not every file of the repository was listed, so some were not judged: check the folders by themselves',
        path: '.',
        span: null,
        status: 'unknown',
        severity: 'warn',
      },
    });
  }

  const workflows: Workflow[] = [];
  const named = input.named ?? input.only;
  const elsewhere = workflowsElsewhere(named);
  for (const path of [...listed.paths.filter(isWorkflowPath), ...elsewhere]) {
    signal?.throwIfAborted();
    const text = await files.read(path);
    if (!text.ok) {
      found.push({ rule: unreadableFile, finding: unreadable(path, text.detail, 'block') });
      continue;
    }
    const workflow = readWorkflowCached(cache, path, text.text);
    if (elsewhere.includes(path) && !looksLikeWorkflow(workflow)) continue;
    lines.set(path, workflow.lines);
    if (workflow.problems.length > 0) {
      found.push({ rule: unreadableFile, finding: brokenWorkflow(workflow) });
    }
    workflows.push(workflow);
  }
  if (cache.workflows.size > workflows.length + MAX_STALE_READINGS) {
    const read = new Set(workflows.map(({ path }) => path));
    for (const path of cache.workflows.keys()) if (!read.has(path)) cache.workflows.delete(path);
  }
  const documents = await readDocuments(input, cache, listed.paths, found, lines);
  signal?.throwIfAborted();
  for (const document of documents) {
    for (const { message, span } of document.problems.slice(0, MAX_READ_PROBLEMS)) {
      found.push({
        rule: unreadableFile,
        finding: {
          message: `${message.replace(/\.$/, '')}, so that part of the document is not judged: mend it`,
          path: document.path,
          span,
          status: 'unknown',
          severity: 'warn',
        },
      });
    }
  }

  const configurationPath = input.configurationPath ?? CONFIGURATION_PATH;
  const facts: GateFacts = {
    paths: new Set(listed.paths),
    profile: null,
    pins: await knownPins(files, listed.paths, found, lines),
    ...(await configurationFile(files, configurationPath)),
    limits: configuration.limits,
    ...(configuration.requiredPhases ? { requiredPhases: configuration.requiredPhases } : {}),
    ...(input.release ? { release: input.release } : {}),
    environments: {
      production: configuration.productionEnvironments,
      other: configuration.otherEnvironments,
    },
  };
  const notChecked: NotChecked[] = [];
  const isOff = (rule: Rule): boolean => configuration.severities[rule.id] === 'off';
  const take = (rule: Rule, answer: RuleAnswer): void => {
    if (answer.hasFailed) failed.add(rule.id);
    found.push(...answer.findings.map((finding) => ({ rule, finding })));
  };
  const run = (rule: Rule, path: string, ask: () => readonly RuleFinding[]): void =>
    take(rule, askRule(rule, path, ask));

  const readable = workflows.filter((workflow) => workflow.problems.length === 0);
  let actions: readonly LocalAction[] = [];
  let understood: WorkflowSet | null = null;
  if (readable.length === 0) cache.understood = null;
  else {
    const { set, understand } = await understandCached(cache, readable, facts.paths, input);
    signal?.throwIfAborted();
    understood = set;
    actions = [...set.localActions.values()];
    for (const rule of workflowRules) {
      if (!isOff(rule)) run(rule, '.', () => rule.check(set, { ...facts, understand }));
    }
  }
  const alertFiles = await readAlertFiles(files, listed.paths, named, cache.alerts, signal);
  const trustFiles = await readTrustFiles(files, input.parsers, listed.paths, named, cache.trusts, signal);
  for (const file of [...alertFiles, ...trustFiles]) lines.set(file.path, file.lines);
  if (documents.length > 0 || alertFiles.length > 0 || trustFiles.length > 0) {
    const history = askedHistory(cache.history);
    const readPaths = new Set(readable.map(({ path }) => path));
    const unread = listed.paths.filter((path) => isWorkflowPath(path) && !readPaths.has(path));
    // What is equal to what it was at the last check is the same again, so that answers that rest on it hold.
    const kept = <T>(name: string, value: T, isSame: (a: T, b: T) => boolean): T =>
      steady(cache.answers, name, value, isSame);
    const { configurationFile: file } = facts;
    const { anchors, runnable } = await readDocumentFacts(documents, facts.paths, files);
    const known: GateFacts = {
      ...facts,
      paths: kept('paths', facts.paths, holdsSame),
      ...(facts.limits ? { limits: kept('limits', facts.limits, isEqualData) } : {}),
      environments: kept('environments', facts.environments, isEqualData),
      ...(file ? { configurationFile: kept('configurationFile', file, isEqualData) } : {}),
      isEveryPathListed: listed.isComplete,
      workflows: understood,
      unreadWorkflows: kept('unreadWorkflows', unread, holdsSame),
      documents: kept('documents', documents, holdsSame),
      alertFiles: kept('alertFiles', alertFiles, holdsSame),
      trustFiles: kept('trustFiles', trustFiles, holdsSame),
      ...(documents.some(({ kind }) => kind === secretsRotationPlanKind.id)
        ? {
            secrets: kept(
              'secrets',
              await secretsOf(cache, files, listed.paths, understood, signal),
              isEqualData,
            ),
          }
        : {}),
      ...(documents.length > 0 ? { shell: await input.parsers.shell() } : {}),
      rollback: kept(
        // Which environments are of production is asked of the configuration, by a function that cannot be compared.
        `rollback ${JSON.stringify([configuration.productionEnvironments, configuration.otherEnvironments])}`,
        rollbackFacts(documents, configuration, input.today),
        ({ drills: a, objectiveMinutes: before }, { drills: b, objectiveMinutes: now }) =>
          before === now && isEqualData([a.records, a.now, a.settings], [b.records, b.now, b.settings]),
      ),
      history: history.facts,
      anchors: kept('anchors', anchors, holdsSameSets),
      runnable: kept('runnable', runnable, holdsSameSets),
    };
    const soFar = { head: () => cache.history.head, missed: history.missed };
    const questions = [
      ...documents.flatMap((document) =>
        documentRules
          .filter((rule) => judgesKind(rule, document.kind))
          .map((rule) => ({
            rule,
            ask: () =>
              answerOf(cache.answers, rule, document, known, soFar, (watched) =>
                askRule(rule, document.path, () => rule.check(document, watched)),
              ),
          })),
      ),
      ...alertFiles.flatMap((file) =>
        alertRules.map((rule) => ({
          rule,
          ask: () =>
            answerOf(cache.answers, rule, file, known, soFar, (watched) =>
              askRule(rule, file.path, () => rule.check(file, watched)),
            ),
        })),
      ),
      ...trustFiles.flatMap((file) =>
        trustRules.map((rule) => ({
          rule,
          ask: () =>
            answerOf(cache.answers, rule, file, known, soFar, (watched) =>
              askRule(rule, file.path, () => rule.check(file, watched)),
            ),
        })),
      ),
    ].filter(({ rule }) => !isOff(rule));
    for (const { rule, ask } of questions) if (!rule.asksHistory) take(rule, ask());
    const asking = questions.filter(({ rule }) => rule.asksHistory);
    const git = input.asksHistory === false ? null : (input.history ?? null);
    const told = await answerFromHistory(asking, ({ ask }) => ask(), history, git, signal);
    told.forEach(({ answer: said, needs }, index) => {
      const rule = asking[index]?.rule;
      if (!rule) return;
      take(rule, said);
      if (needs !== null && !notChecked.some((each) => each.rule === rule.id)) {
        notChecked.push({ rule: rule.id, needs });
      }
    });
  }
  for (const rule of rules) {
    if (isOff(rule)) notChecked.push({ rule: rule.id, needs: 'to be switched on in the configuration' });
  }
  for (const { id, needs } of [...rulesOfGitHub, ...partsOfGitHub]) {
    if (configuration.severities[id] !== 'off') notChecked.push({ rule: id, needs });
  }

  for (const { id, needs } of input.release ? [] : rulesOfRelease) {
    if (configuration.severities[id] !== 'off') notChecked.push({ rule: id, needs });
  }

  const judged = found
    .filter(({ rule }) => !isOff(rule))
    .map(({ rule, finding }) => ({
      rule: rule.id,
      finding,
      severity: severityOf(rule, finding, configuration),
    }));
  const byPath = new Map(workflows.map((workflow) => [workflow.path, workflow]));
  const waivers: WaiversFound[] = [
    ...workflows.map(waiversOfWorkflow),
    ...[...actions, ...alertFiles].map(waiversOfFile),
    ...trustFiles.map(waiversOfLines),
    ...documents.map(waiversOfDocument),
    {
      mistakes: [],
      waivers: waiversOfConfiguration(configuration, configurationPath, (path, offset) => {
        const workflow = byPath.get(path);
        return workflow ? jobAtOffset(workflow, offset) : null;
      }),
    },
  ];
  const broken = new Set(
    found.filter(({ rule }) => rule.id === unreadableFile.id).map(({ finding }) => finding.path),
  );
  const known = new Set(rules.map((rule) => rule.id));
  const afterWaivers = applyWaivers(judged, waivers, {
    today: input.today,
    knownIds: new Set([...known, ...rulesOfGitHub.map((rule) => rule.id)]),
    wasJudged: (waiver) =>
      known.has(waiver.rule) &&
      configuration.severities[waiver.rule] !== 'off' &&
      !failed.has(waiver.rule) &&
      !(waiver.span ? broken.has(waiver.path) : broken.size > 0),
  });
  const about = afterWaivers.about.flatMap(({ rule: id, finding }) => {
    const rule = ruleOf(id);
    if (!rule || isOff(rule)) return [];
    return [{ rule: id, finding, severity: severityOf(rule, finding, configuration), waiver: null }];
  });

  const linesOf = (path: string): LineIndex | undefined => {
    const action = lines.has(path) ? undefined : actions.find((each) => each.path === path);
    if (action) lines.set(path, lineIndex(action.text));
    return lines.get(path);
  };
  const rangeOf = (path: string, span: Span | null): Range | null =>
    span ? (linesOf(path)?.rangeOf(span) ?? null) : null;
  const isJudged = judgedBy(configuration);
  const leftOut = new Set(
    [...workflows, ...actions, ...documents, ...alertFiles, ...trustFiles]
      .map(({ path }) => path)
      .filter((path) => !isJudged(path)),
  );
  const findings = [...afterWaivers.findings, ...about]
    .filter(({ finding }) => !input.only || input.only.has(finding.path))
    .filter(({ finding }) => !leftOut.has(finding.path))
    .sort(byPlace)
    .map((entry) => findingOf(input.root, entry, rangeOf));
  const judgedPaths = [
    ...new Set([...readable, ...documents, ...alertFiles, ...trustFiles].map(({ path }) => path)),
  ].filter((path) => !leftOut.has(path));
  const report: RootReport = {
    root: input.root,
    verdict: verdictOf(findings),
    findings,
    notChecked,
    checkedFiles: judgedPaths.filter((path) => input.only?.has(path) ?? true).length,
    notJudged: [...(input.only ?? [])].filter(
      (path) =>
        !judgedPaths.includes(path) &&
        !leftOut.has(path) &&
        !findings.some((finding) => finding.path === path),
    ),
    leftOut: [...leftOut].filter((path) => input.only?.has(path) ?? true).sort(),
    sources: sourcesOf(findings, [
      ...workflows,
      ...actions,
      ...documents,
      ...alertFiles,
      ...trustFiles,
      ...(facts.configurationFile ? [facts.configurationFile] : []),
    ]),
  };
  if (!input.baseline) return report;
  return applyBaseline(
    report,
    input.baseline,
    ({ rule, path }) =>
      known.has(rule) &&
      configuration.severities[rule] !== 'off' &&
      !failed.has(rule) &&
      !leftOut.has(path) &&
      (input.only?.has(path) ?? true) &&
      (path === '.' ? broken.size === 0 : !broken.has(path)),
  );
}

/** The whole of a world, to be judged as of today. */
export function checkInputOf(world: JudgedWorld): CheckInput {
  return {
    root: '.',
    files: world.files,
    parsers: world.parsers,
    configuration: world.configuration,
    today: dayAt(world.clock.now()),
    ...(world.history ? { history: world.history } : {}),
  };
}

/**
 * What the gate says of the repository as it would be with `proposal`, for those files only. Nothing is written.
 *
 * @param cache Gets the documents as they were read, so that nobody has to read them again.
 */
export async function judgeProposal(
  world: JudgedWorld,
  proposal: readonly ProposedFile[],
  signal?: AbortSignal,
  release?: ReleaseFacts,
  cache: ReadingCache = createReadingCache(),
): Promise<readonly Finding[]> {
  const report = await checkRepository({
    ...checkInputOf(world),
    files: overlayFiles(world.files, new Map(proposal.map((file) => [file.path, file.after]))),
    only: new Set(proposal.map((file) => file.path)),
    cache,
    ...(signal ? { signal } : {}),
    ...(release ? { release } : {}),
  });
  return report.findings;
}

/** What a rule found, or that it failed. */
export interface RuleAnswer {
  readonly findings: readonly RuleFinding[];
  readonly hasFailed: boolean;
}

/**
 * What a rule answers. A rule's fault must not silence the other rules, and must not look like a pass either: it
 * becomes a finding of the rule's own severity whose status is unknown.
 */
export function askRule(rule: Rule, path: string, ask: () => readonly RuleFinding[]): RuleAnswer {
  try {
    return { findings: ask(), hasFailed: false };
  } catch (error) {
    const detail = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
    return {
      hasFailed: true,
      findings: [
        {
          message: `The rule "${rule.id}" failed on this input (${detail}), so its answer is not known: please report it`,
          path,
          span: null,
          status: 'unknown',
        },
      ],
    };
  }
}

/** The texts of the files that findings stand in or that their fixes edit. */
function sourcesOf(
  findings: readonly Finding[],
  files: readonly { readonly path: string; readonly text: string | null }[],
): ReadonlyMap<string, string> {
  const needed = new Set(
    findings.flatMap(({ path, fix, otherFixes = [] }) => [
      path,
      ...[...(fix ? [fix] : []), ...otherFixes].flatMap(({ edits }) => edits.map((file) => file.path)),
    ]),
  );
  return new Map(
    files.flatMap(({ path, text }): [string, string][] =>
      text !== null && needed.has(path) ? [[path, text]] : [],
    ),
  );
}

/** The commits that are known here; a mistake in the repository's own list of them is a finding at its place. */
async function knownPins(
  files: RepositoryFiles,
  paths: readonly string[],
  found: { readonly rule: Rule; readonly finding: RuleFinding }[],
  lines: Map<string, LineIndex>,
): Promise<GateFacts['pins']> {
  if (!paths.includes(PIN_CACHE_PATH)) return pinsWith([]);
  const text = await files.read(PIN_CACHE_PATH);
  if (!text.ok) {
    found.push({ rule: unreadableFile, finding: unreadable(PIN_CACHE_PATH, text.detail, 'warn') });
    return pinsWith([]);
  }
  const reading = readPinCache(text.text);
  if (reading.ok) return pinsWith(reading.pins);
  lines.set(PIN_CACHE_PATH, lineIndex(text.text));
  for (const { message, span } of reading.problems.slice(0, MAX_READ_PROBLEMS)) {
    found.push({
      rule: unreadableFile,
      finding: {
        message: `In this list of commits ${message}, so none of them is used: mend it`,
        path: PIN_CACHE_PATH,
        span,
        status: 'unknown',
        severity: 'warn',
      },
    });
  }
  return pinsWith([]);
}

/** The configuration as a file that a fix may edit; nothing where another one was named on the call, or it is unreadable. */
async function configurationFile(
  files: RepositoryFiles,
  path: string,
): Promise<Pick<GateFacts, 'configurationFile'>> {
  if (path !== CONFIGURATION_PATH) return {};
  const text = await files.read(path);
  if (text.ok) return { configurationFile: { path, text: text.text } };
  return text.reason === 'missing' ? { configurationFile: { path, text: null } } : {};
}

/** A finding as faces show it, with ranges for spans. */
function findingOf(
  root: string,
  { finding, rule, severity, waiver }: JudgedFinding,
  rangeOf: (path: string, span: Span | null) => Range | null,
): Finding {
  const start = { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };
  return {
    rule,
    severity,
    status: waiver ? 'waived' : finding.status,
    message: finding.message,
    root,
    path: finding.path,
    range: rangeOf(finding.path, finding.span),
    evidence: (finding.evidence ?? []).map((evidence) => ({
      message: evidence.message,
      path: evidence.path,
      range: evidence.range ?? rangeOf(evidence.path, evidence.span),
    })),
    counterexample: finding.counterexample
      ? {
          ...finding.counterexample,
          steps: finding.counterexample.steps.map(({ path, job, result, why, span }) => ({
            path,
            job,
            result,
            why,
            range: rangeOf(path, span) ?? start,
          })),
        }
      : null,
    fix: finding.fix ?? null,
    ...(finding.otherFixes ? { otherFixes: finding.otherFixes } : {}),
    waiver: waiver
      ? {
          reason: waiver.reason,
          until: waiver.until,
          path: waiver.path,
          range: waiver.span ? rangeOf(waiver.path, waiver.span) : lineStart(waiver.line),
        }
      : null,
  };
}

function lineStart(line: number): Range {
  return { start: { line, column: 1 }, end: { line, column: 1 } };
}

/** A rule's severity at one place: the configuration's word, save where the place itself weighs less (Definition 21). */
function severityOf(rule: Rule, finding: RuleFinding, configuration: Configuration): Severity {
  const configured = configuration.severities[rule.id];
  const own = finding.severity ?? rule.severity;
  if (configured === undefined || configured === 'off') return own;
  return weight(own) < weight(rule.severity) && weight(own) < weight(configured) ? own : configured;
}

function weight(severity: Severity): number {
  switch (severity) {
    case 'block':
      return 2;
    case 'warn':
      return 1;
    case 'info':
      return 0;
  }
}

/** Which files' findings the configuration lets through; the others are read all the same, since workflows call them. */
function judgedBy({ judgedPaths: { include, exclude } }: Configuration): (path: string) => boolean {
  const isIn = include ? picomatch([...include], { dot: true }) : () => true;
  const isOut = exclude.length > 0 ? picomatch([...exclude], { dot: true }) : () => false;
  return (path) => isIn(path) && !isOut(path);
}

/** YAML files that were named on the call though GitHub does not look for workflows where they are. */
function workflowsElsewhere(only: ReadonlySet<string> | undefined): readonly string[] {
  return [...(only ?? [])].filter(
    (path) => /\.ya?ml$/i.test(path) && !isWorkflowPath(path) && path !== CONFIGURATION_PATH,
  );
}

/** Whether a YAML file outside the workflows' folder is one all the same: a template, or a file on its way there. */
function looksLikeWorkflow(workflow: Workflow): boolean {
  if (workflow.triggers.length > 0 && workflow.jobs.length > 0) return true;
  return (
    workflow.problems.length > 0 && /^(on|'on'|"on"):/m.test(workflow.text) && /^jobs:/m.test(workflow.text)
  );
}

function unreadable(path: string, detail: string, severity: Severity): RuleFinding {
  return {
    message: `This file ${detail}, so nothing is known of it: make it readable or take it away`,
    path,
    span: null,
    status: 'unknown',
    severity,
  };
}

function brokenWorkflow(workflow: Workflow): RuleFinding {
  const [first, ...others] = workflow.problems;
  const detail = first?.message.replace(/\s+/g, ' ').replace(/\.$/, '') ?? 'is broken';
  const isSentence = /^(is|holds|its|nested) /.test(detail);
  return {
    message: `This workflow ${isSentence ? detail : `cannot be read (${detail})`}, so nothing is known of it: mend it`,
    path: workflow.path,
    span: first?.span ?? null,
    status: 'unknown',
    evidence: others.slice(0, 10).map((problem) => ({
      message: problem.message,
      path: workflow.path,
      span: problem.span,
    })),
  };
}

function readWorkflowCached(cache: ReadingCache, path: string, text: string): Workflow {
  const before = cache.workflows.get(path);
  if (before?.text === text) return before;
  const workflow = readWorkflow(path, text);
  cache.workflows.set(path, workflow);
  return workflow;
}

async function understandCached(
  cache: ReadingCache,
  workflows: readonly Workflow[],
  paths: ReadonlySet<string>,
  input: CheckInput,
): Promise<{
  readonly set: WorkflowSet;
  readonly understand: (workflows: readonly Workflow[]) => WorkflowSet;
}> {
  const { productionEnvironments, otherEnvironments, knownActions, knownCommands } = input.configuration;
  const localActions = await readLocalActions(workflows, paths, input.files);
  const actionTexts = [...localActions.values()].map(({ path, text }) => [path, text]);
  const key = JSON.stringify([
    productionEnvironments,
    otherEnvironments,
    [...knownActions],
    [...knownCommands],
    actionTexts,
  ]);
  const before = cache.understood;
  // By the same options as before, jobs of unchanged files are not understood again.
  const options: UnderstandingOptions =
    before?.key === key
      ? before.options
      : { productionEnvironments, otherEnvironments, knownActions, knownCommands, localActions };
  const shell = await input.parsers.shell();
  const understand = (others: readonly Workflow[]): WorkflowSet =>
    understandWorkflows(others, shell, options);
  if (
    before?.key === key &&
    before.workflows.length === workflows.length &&
    before.workflows.every((workflow, index) => workflow === workflows[index])
  ) {
    return { set: before.set, understand };
  }
  const set = understand(workflows);
  cache.understood = { key, options, workflows, set };
  return { set, understand };
}

/** The secrets that workflows and other files name; files that are as they were are not read for them again. */
async function secretsOf(
  cache: ReadingCache,
  files: RepositoryFiles,
  paths: readonly string[],
  workflows: WorkflowSet | null,
  signal: AbortSignal | undefined,
): Promise<NonNullable<GateFacts['secrets']>> {
  const { texts, isComplete } = await readSecretFiles(files, paths, signal);
  const before = cache.secrets;
  const isSame =
    before?.texts.size === texts.size && [...texts].every(([path, text]) => before.texts.get(path) === text);
  const found = isSame ? before.found : secretsInFiles(texts);
  cache.secrets = { texts, found };
  return { known: secretInventory(workflows ? workflowSecrets(workflows) : [], found), isComplete };
}

async function readDocuments(
  input: CheckInput,
  cache: ReadingCache,
  paths: readonly string[],
  found: { readonly rule: Rule; readonly finding: RuleFinding }[],
  lines: Map<string, LineIndex>,
): Promise<ReadDocument[]> {
  const documents: ReadDocument[] = [];
  const seen = new Set<string>();
  let frontMatters = 0;
  for (const path of paths) {
    if (!path.endsWith('.md') || (isTestData(path) && !(input.named ?? input.only)?.has(path))) continue;
    input.signal?.throwIfAborted();
    const byPath = documentKinds.find((kind) => kind.recognises(path, {}));
    if (!byPath && frontMatters >= MAX_FRONT_MATTERS) continue;
    const text = await input.files.read(path);
    if (!text.ok) {
      // Only what is surely one of our documents is missed; any other unreadable Markdown is nobody's business here.
      if (byPath) found.push({ rule: unreadableFile, finding: unreadable(path, text.detail, 'warn') });
      continue;
    }
    seen.add(path);
    const hasFrontMatter = !byPath && /^\uFEFF?---/.test(text.text);
    if (hasFrontMatter) frontMatters++;
    const before = cache.documents.get(path);
    if (before?.text === text.text) {
      documents.push(before);
      lines.set(path, before.lines);
      continue;
    }
    if (cache.otherMarkdown.get(path) === text.text) continue;
    let kind = byPath;
    if (hasFrontMatter) {
      const frontMatter = readFrontMatter(text.text);
      if (frontMatter.ok) kind = documentKinds.find((other) => other.recognises(path, frontMatter.data));
    }
    if (!kind) {
      cache.otherMarkdown.set(path, text.text);
      continue;
    }
    const document = kind.read(path, text.text);
    cache.documents.set(path, document);
    documents.push(document);
    lines.set(path, document.lines);
  }
  if (cache.documents.size > seen.size + MAX_STALE_READINGS) {
    for (const path of cache.documents.keys()) if (!seen.has(path)) cache.documents.delete(path);
  }
  if (cache.otherMarkdown.size > seen.size + MAX_STALE_READINGS) {
    for (const path of cache.otherMarkdown.keys()) if (!seen.has(path)) cache.otherMarkdown.delete(path);
  }
  return documents;
}

function byPlace(a: JudgedFinding, b: JudgedFinding): number {
  return (
    compare(a.finding.path, b.finding.path) ||
    (a.finding.span?.start ?? -1) - (b.finding.span?.start ?? -1) ||
    compare(a.rule, b.rule) ||
    compare(a.finding.message, b.finding.message)
  );
}

/** By code unit, so that the order is the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What the records of the repository say of rollbacks that were carried out, as of the day that is judged. */
function rollbackFacts(
  documents: readonly ReadDocument[],
  configuration: Configuration,
  today: string,
): NonNullable<GateFacts['rollback']> {
  const now = new Date(`${today}T23:59:59Z`);
  const { drillMaxAgeDays, objectiveMinutes, requiredMetrics } = configuration.readiness.rollback;
  return {
    drills: {
      records: recordsIn(documents, configuration.releaseFolder, now),
      service: null,
      now,
      kindOfEnvironment: (name) =>
        kindOfEnvironmentName(name, {
          productionEnvironments: configuration.productionEnvironments,
          otherEnvironments: configuration.otherEnvironments,
        }),
      settings: { drillMaxAgeDays, objectiveMinutes, requiredMetrics },
    },
    objectiveMinutes,
  };
}
