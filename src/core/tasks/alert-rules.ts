import { documentKinds } from '../documents/index';
import type { ReadDocument } from '../documents/document';
import { blocksOf } from '../documents/markdown/parse';
import { readTable, type FoundRow } from '../documents/markdown/parts';
import { triggerColumns } from '../documents/markdown/columns';
import { markdownText } from '../documents/markdown/write';
import type { Runbook } from '../documents/runbook/runbook';
import { collectProfile } from '../evidence/collect-profile';
import { readMetricQueries } from '../evidence/detect/metric-queries';
import { startReading } from '../evidence/detect/reading';
import { fileSource, isKnown, placeholder, textOf, type Source } from '../evidence/fact';
import type { RepositoryProfile } from '../evidence/profile';
import { readAlertRules } from '../evidence/results/alert-rules';
import { judgeProposal } from '../gate/check';
import { queryOf } from '../risk/alert-query';
import { alertNameOf, isMetric, prometheusRule, readTrigger, triggerInWords } from '../risk/typed-trigger';
import { readFrontMatter } from '../text/front-matter';
import { counted } from '../text/words';
import { distinctSources, existingText } from './document-task';
import { TaskFailure, type Task, type TaskResult, type World } from './task';

/** The first line of a file that this task wrote: only such a one is written anew. */
const HEADER = '# Alert rules of the rollback triggers, written by release-gate alerts.';

/** Documents that say when to go back, the one that counts most first. */
const SPEAKING = ['rollback-runbook', 'runbook', 'release-plan'];

const MAX_SOURCES = 50;

/** The rollback triggers of plan and runbooks as alert rules of Prometheus, with the queries that the repository has. */
export const alertRules: Task = {
  id: 'alert-rules',
  subcommand: 'alerts',
  title: 'Write alert rules from the rollback triggers',
  inputs: [],
  writes: ['docs/ops/alerts'],
  async run(world, run): Promise<TaskResult> {
    run.report('Reading the rollback triggers of plan and runbooks');
    const documents = await speakingDocuments(world, run.signal);
    const triggers = triggersIn(documents);
    if (triggers.length === 0) {
      throw new TaskFailure(
        'No rollback runbook, runbook or release plan has a table of rollback triggers. Write one with release-gate runbook --write, and try again.',
      );
    }
    const profile = await collectProfile(world, run);
    run.signal.throwIfAborted();
    const queries = await readMetricQueries(await startReading(world.files, run.signal));
    run.report(
      `Found ${counted(triggers.length, 'trigger')}, and ${queries.length} queries of rules and dashboards`,
      triggers.map(({ source }) => source),
    );

    const baselines = documents.flatMap(({ kind, data }) =>
      kind === 'runbook' ? (data as Runbook).baselines : [],
    );
    const baselineOf = (metric: string): string | null =>
      baselines.find((each) => isMetric(each.metric, metric) || isMetric(metric, each.metric))?.good ?? null;
    const rules: string[] = [];
    const left: string[] = [];
    const needed: string[] = [];
    const notes: string[] = [];
    const sources: Source[] = triggers.map(({ source }) => source);
    const names = new Map<string, number>();
    const owner = profile.owners[0];
    if (owner) sources.push(...owner.sources);
    for (const { row, document, place } of triggers) {
      const reading = readTrigger(row, baselineOf);
      if (!reading.ok) {
        const missing = reading.lacks.join(', ');
        needed.push(missing);
        left.push(`${row.metric} ${row.comparison} ${row.threshold} (${place}): ${placeholder(missing)}`);
        continue;
      }
      const words = triggerInWords(reading.trigger);
      const found = queryOf(reading.trigger, queries);
      if (!found.ok) {
        needed.push(found.needed);
        left.push(`${words} (${place}): ${placeholder(found.needed)}`);
        continue;
      }
      const base = alertNameOf(reading.trigger);
      const count = (names.get(base) ?? 0) + 1;
      names.set(base, count);
      const page = pageOf(document, profile);
      if (!owner) needed.push('team that answers the alert');
      sources.push(found.query.source);
      notes.push(
        `${words} is watched by the query "${found.query.called}" of ${shownSource(found.query.source)}.`,
      );
      rules.push(
        prometheusRule(reading.trigger, found.query.query, found.number, {
          name: count === 1 ? base : `${base}${count}`,
          labels: {
            severity: 'page',
            team: owner?.value ?? placeholder('team that answers the alert'),
            ...(isKnown(profile.service) ? { service: profile.service.value } : {}),
          },
          annotations: {
            summary: words,
            action: `Go back to the version before, as ${document.path} says.`,
            runbook_url: page,
          },
        }),
      );
    }

    const path = `${world.configuration.operationsFolder}/alerts/release-gate.rules.yml`;
    const before = await existingText(world, path);
    if (before !== null && !before.startsWith(HEADER)) {
      throw new TaskFailure(
        `${path} was not written by this command, so it is left as it is. Move it away, or take its rules over, then try again.`,
      );
    }
    const after = fileText(textOf(profile.service), rules, left);
    if ((readAlertRules(after) ?? []).length !== rules.length) {
      throw new Error(`the rules of ${path} cannot be read back`);
    }
    const files = [{ path, before, after, purpose: 'alert rules of the rollback triggers' }];
    return {
      task: 'alert-rules',
      summary: `Alert rules of ${markdownText(textOf(profile.service))}: ${rules.length} of ${counted(triggers.length, 'rollback trigger')} can be watched by queries that the repository has.`,
      sources: distinctSources(sources, MAX_SOURCES),
      files,
      findings: await judgeProposal(world, files, run.signal),
      unknowns: [...new Set(needed)].map((unknown) => ({ unknown })),
      manualSteps: [
        {
          title: 'Load the rules',
          why: 'Prometheus reads only the files that its rule_files name.',
          command: `promtool check rules ${path}`,
        },
      ],
      notes: [
        ...notes,
        ...left.map((each) => `Left out: ${each}.`),
        ...(rules.length > 0
          ? []
          : [
              'No rule could be written: keep a rule or a dashboard of the service in the repository, so that its query is known.',
            ]),
      ],
      next: [{ task: 'check', label: 'Check the repository' }],
      data: { triggers: triggers.map(({ row, place }) => ({ ...row, place })), rules: rules.length, left },
      prose: null,
    };
  },
};

interface FoundTrigger {
  readonly row: FoundRow<keyof typeof triggerColumns>['cells'];
  readonly document: ReadDocument;
  /** `path:line`. */
  readonly place: string;
  readonly source: Source;
}

/** The triggers of all documents, each metric as the document says it that counts most. */
function triggersIn(documents: readonly ReadDocument[]): readonly FoundTrigger[] {
  const found: FoundTrigger[] = [];
  for (const document of documents) {
    const settled = found.map(({ row }) => row.metric);
    for (const id of ['triggers', 'rollback']) {
      for (const { cells, span } of readTable(blocksOf(document, id), triggerColumns)) {
        if (cells.metric === '' || settled.some((metric) => isMetric(metric, cells.metric))) continue;
        const range = document.lines.rangeOf(span);
        found.push({
          row: cells,
          document,
          place: `${document.path}:${range.start.line}`,
          source: fileSource(document.path, range),
        });
      }
    }
  }
  return found;
}

async function speakingDocuments(world: World, signal: AbortSignal): Promise<readonly ReadDocument[]> {
  const kinds = documentKinds.filter(({ id }) => SPEAKING.includes(id));
  const { paths } = await world.files.list(signal);
  const { releaseFolder, operationsFolder } = world.configuration;
  const candidates = paths.filter(
    (path) =>
      path.endsWith('.md') &&
      (kinds.some((kind) => kind.recognises(path, {})) ||
        path.startsWith(`${operationsFolder}/`) ||
        path.startsWith(`${releaseFolder}/`)),
  );
  const found: ReadDocument[] = [];
  for (const path of candidates) {
    signal.throwIfAborted();
    const read = await world.files.read(path);
    if (!read.ok) continue;
    const matter = readFrontMatter(read.text);
    const kind = kinds.find((each) => each.recognises(path, matter.ok ? matter.data : {}));
    // A plan elsewhere is of a release that is over.
    if (!kind || (kind.id === 'release-plan' && path !== `${releaseFolder}/RELEASE_PLAN.md`)) continue;
    found.push(kind.read(path, read.text));
  }
  return found.sort((a, b) => SPEAKING.indexOf(a.kind) - SPEAKING.indexOf(b.kind));
}

/** Where whoever is called reads on: a page that a browser opens where the repository's host is known, else its path. */
function pageOf(document: ReadDocument, { remote, defaultBranch }: RepositoryProfile): string {
  const heading = document.sections.find(({ id }) => id === 'rollback')?.title;
  const anchor =
    heading === undefined
      ? ''
      : `#${heading
          .toLowerCase()
          .replace(/[^\p{L}\p{N} _-]/gu, '')
          .replace(/ /g, '-')}`;
  const page = `${document.path}${anchor}`;
  return isKnown(remote) && isKnown(defaultBranch)
    ? `https://${remote.value.host}/${remote.value.owner}/${remote.value.name}/blob/${defaultBranch.value}/${page}`
    : page;
}

function shownSource(source: Source): string {
  if (source.kind !== 'file') return 'the repository';
  return source.range ? `${source.path}:${source.range.start.line}` : source.path;
}

function fileText(service: string, rules: readonly string[], left: readonly string[]): string {
  const comment = (text: string): string => `# ${text.replace(/\s+/g, ' ')}`;
  const group = [
    'groups:',
    `  - name: ${JSON.stringify(`${service.replace(/[^\w.-]+/g, '-')}-rollback`)}`,
    ...(rules.length === 0
      ? ['    rules: []']
      : [
          '    rules:',
          ...rules.flatMap((rule) =>
            rule
              .trimEnd()
              .split('\n')
              .map((line) => `      ${line}`),
          ),
        ]),
  ];
  return [
    HEADER,
    '# Change the triggers in their documents and run it again; what is changed here is replaced.',
    ...group,
    ...(left.length === 0
      ? []
      : [
          '',
          '# Triggers that no query of the repository can watch:',
          ...left.map((each) => comment(`- ${each}`)),
        ]),
    '',
  ].join('\n');
}
