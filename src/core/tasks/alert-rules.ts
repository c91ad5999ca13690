import type { ReadDocument } from '../documents/document';
import { markdownText } from '../documents/markdown/write';
import type { Runbook } from '../documents/runbook/runbook';
import { readMetricQueries } from '../evidence/detect/metric-queries';
import { startReading } from '../evidence/detect/reading';
import { isKnown, placeholder, textOf, type Source } from '../evidence/fact';
import type { RepositoryProfile } from '../evidence/profile';
import { readAlertRules } from '../evidence/results/alert-rules';
import { judgeProposal } from '../gate/check';
import type { RuleCheckAnswer } from '../ports';
import { queryOf } from '../risk/alert-query';
import { alertNameOf, isMetric, prometheusRule, readTrigger, triggerInWords } from '../risk/typed-trigger';
import { counted } from '../text/words';
import { distinctSources, existingText } from './document-task';
import { speakingDocuments, triggersIn } from './spoken-triggers';
import { TaskFailure, type Task, type TaskResult } from './task';
import { readProfile } from '../workflow/read-profile';

/** The first line of a file that this task wrote: only such a one is written anew. */
const HEADER = '# Alert rules of the rollback triggers, written by release-gate alerts.';

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
    const profile = await readProfile(world, run);
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
    const checked = rules.length === 0 ? null : await world.ruleChecker?.check(after, run.signal);
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
        ...(checked ? [checkInWords(checked, path)] : []),
        ...notes,
        ...left.map((each) => `Left out: ${each}.`),
        ...(rules.length > 0
          ? []
          : [
              'No rule could be written: keep a rule or a dashboard of the service in the repository, so that its query is known.',
            ]),
      ],
      next: [{ task: 'check', label: 'Check the repository' }],
      data: {
        triggers: triggers.map(({ row, place }) => ({ ...row, place })),
        rules: rules.length,
        left,
        promtool: checked ?? null,
      },
      prose: null,
    };
  },
};

/** What promtool says, as a note: rules that it refuses would keep Prometheus from starting. */
function checkInWords(answer: RuleCheckAnswer, path: string): string {
  switch (answer.kind) {
    case 'sound':
      return 'promtool accepts the rules.';
    case 'refused':
      return `promtool refuses the rules, so mend the query that it names before you load them: ${answer.detail}.`;
    case 'not-asked':
      return `The rules were not checked by promtool (${answer.detail}): run promtool check rules ${path} where it is.`;
  }
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
