import { markdownText } from '../documents/markdown/write';
import { readMetricQueries } from '../evidence/detect/metric-queries';
import { listAt, readPlaced, stringAt } from '../evidence/detect/places';
import { startReading, type Reading } from '../evidence/detect/reading';
import { readProcessMetrics, readRegisteredMetrics } from '../evidence/detect/registered-metrics';
import { fileSource, isKnown, textOf } from '../evidence/fact';
import { releasePathsOf, type MetricSettings } from '../evidence/release-settings';
import { CONFIGURATION_PATH } from '../gate/configuration';
import { judgeProposal } from '../gate/check';
import { lineIndex } from '../text/position';
import { counted } from '../text/words';
import { readProfile } from '../workflow/read-profile';
import { writeDashboard, type DashboardPlan } from './dashboards/grafana';
import {
  APPLICATION,
  businessPanels,
  INFRASTRUCTURE,
  panelsOf,
  placeOf,
  type ConfiguredMetric,
  type DocumentedMetric,
  type FoundPanel,
  type Scrape,
  type ShownMetrics,
} from './dashboards/panels';
import { distinctSources, existingText } from './document-task';
import { TaskFailure, type Task, type TaskResult, type World } from './task';

const MAX_SOURCES = 50;
const MAX_FILES = 800;

/** A dashboard for Grafana of the metrics that the repository shows: application, infrastructure, business. */
export const dashboards: Task = {
  id: 'dashboards',
  subcommand: 'dashboards',
  title: 'Write a dashboard from the metrics that the repository shows',
  inputs: [],
  writes: ['docs/ops/dashboards'],
  async run(world, run): Promise<TaskResult> {
    run.report('Reading which metrics code, rules, dashboards, configuration and documents name');
    const reading = await startReading(world.files, run.signal);
    const profile = await readProfile(world, run);
    run.signal.throwIfAborted();
    const { configuration } = world;
    const observability = releasePathsOf(configuration.release).documents.observability;
    const shown: ShownMetrics = {
      configured: await configuredMetrics(world, reading),
      registered: await readRegisteredMetrics(reading),
      process: await readProcessMetrics(reading),
      // What this writes is no source of its own.
      queries: (await readMetricQueries(reading)).filter(
        ({ source }) =>
          !(
            source.kind === 'file' && source.path.startsWith(`${configuration.operationsFolder}/dashboards/`)
          ),
      ),
      documented: documentedMetrics(observability, (await reading.text(observability)) ?? ''),
      scrapes: await scrapesOf(reading),
    };
    const groups: readonly {
      readonly id: number;
      readonly title: string;
      readonly panels: readonly FoundPanel[];
    }[] = [
      { id: 10, title: 'Application', panels: panelsOf(APPLICATION, shown) },
      { id: 20, title: 'Infrastructure', panels: panelsOf(INFRASTRUCTURE, shown) },
      { id: 30, title: 'Business', panels: businessPanels(shown, observability) },
    ];
    const panels = groups.flatMap((group) => group.panels);
    const known = panels.filter(({ needed }) => needed === null);
    const sources = distinctSources(
      panels.flatMap((panel) => panel.sources),
      MAX_SOURCES,
    );
    run.report(`Found the metrics of ${known.length} of ${counted(panels.length, 'panel')}`, sources);

    const service = isKnown(profile.service) ? profile.service.value : world.files.name;
    const slug =
      service
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-+|-+$/g, '') || 'service';
    const asksForJob = known.find(
      ({ plan }) => plan.kind === 'chart' && plan.queries.some(({ query }) => query.includes('$job')),
    );
    const jobs = [...new Set(shown.scrapes.flatMap(({ job }) => job ?? []))];
    const plan: DashboardPlan = {
      uid: `release-gate-${slug}`.slice(0, 40),
      title: `${service}: application, infrastructure, business`,
      jobsOf: asksForJob ? 'up' : null,
      job: jobs.length === 1 ? (jobs[0] ?? null) : null,
      rows: groups.map(({ id, title, panels: found }) => ({
        id,
        title,
        panels: found.map((panel) => panel.plan),
      })),
    };
    const path = `${configuration.operationsFolder}/dashboards/${slug}.json`;
    const before = await existingText(world, path);
    const written = writeDashboard(plan, before);
    if (written === null) {
      throw new TaskFailure(
        `${path} was not written by this command, or Grafana dropped what it was known by, so it is left as it is. Move it away, or take its panels over, then try again.`,
      );
    }
    const files =
      before === written.text
        ? []
        : [{ path, before, after: written.text, purpose: 'dashboard of the service' }];
    return {
      task: 'dashboards',
      summary: `Dashboard of ${markdownText(textOf(profile.service))}: the repository shows the metrics of ${known.length} of ${counted(panels.length, 'panel')}.`,
      sources,
      files,
      findings: await judgeProposal(world, files, run.signal),
      unknowns: [...new Set(panels.flatMap(({ needed }) => needed ?? []))].map((unknown) => ({ unknown })),
      manualSteps: [
        {
          title: 'Load the dashboard',
          why: 'Grafana reads the folders that its provisioning names; by hand it is imported once, with the data source chosen at its top.',
          command: null,
        },
      ],
      notes: [
        ...known.map(
          ({ plan: { title }, sources: [source] }) =>
            `${title}: ${source ? placeOf(source) : 'the repository'}.`,
        ),
        ...written.kept.map((title) => `Left as it was changed by hand: ${title}.`),
      ],
      next: [{ task: 'alert-rules', label: 'Write alert rules from the rollback triggers' }],
      data: {
        panels: panels.map(({ plan: { id, title, ...rest }, sources: from, needed }) => ({
          id,
          title,
          queries: rest.kind === 'chart' ? rest.queries.map(({ query }) => query) : [],
          shownBy: from.map(placeOf),
          needed,
        })),
        kept: written.kept,
      },
      prose: null,
    };
  },
};

/** The metrics under `release.watch` and of the environments, each once, where the configuration says them. */
async function configuredMetrics(
  { configuration }: World,
  reading: Reading,
): Promise<readonly ConfiguredMetric[]> {
  const { watch, environments } = configuration.release;
  const metrics = new Map<string, MetricSettings>();
  for (const metric of [
    watch.metrics,
    ...Object.values(environments).map((each) => each.metrics ?? []),
  ].flat()) {
    if (!metrics.has(metric.name)) metrics.set(metric.name, metric);
  }
  if (metrics.size === 0) return [];
  const path = CONFIGURATION_PATH;
  const text = (await reading.text(path)) ?? '';
  const lines = lineIndex(text);
  return [...metrics.values()].map((metric) => {
    const at = new RegExp(
      String.raw`\bname:\s*["']?${metric.name.replace(/[.*+?^$()|[\]\\{}]/g, '\\$&')}["']?\s*(?:[,}#\n]|$)`,
      'm',
    ).exec(text);
    return {
      metric,
      source: fileSource(
        path,
        at ? lines.rangeOf({ start: at.index, end: at.index + at[0].trimEnd().length }) : null,
      ),
    };
  });
}

/** Rows of tables and items of lists with a query in backticks: `| orders placed | \`orders_placed_total\` |`. */
function documentedMetrics(path: string, text: string): readonly DocumentedMetric[] {
  const lines = lineIndex(text);
  const found: DocumentedMetric[] = [];
  for (const match of text.matchAll(
    /^[ \t]*(?:\||[-*+] )[ \t]*([^|`\n]+?)[ \t]*(?:\||:|–|—|-)[ \t]*`([^`\n]+)`/gm,
  )) {
    const [whole, called = '', query = ''] = match;
    // A metric has a name with an underscore or a colon; a word in backticks may be anything.
    if (!/^[A-Za-z_:][\w:]*[_:]\w|\b[a-z]+\w*_\w+/.test(query) || /[;&|$<>]|^\//.test(query)) continue;
    const start = match.index;
    found.push({
      called: called.replace(/[*_]+/g, '').trim(),
      query,
      source: fileSource(path, lines.rangeOf({ start, end: start + whole.length })),
    });
  }
  return found;
}

/** Whom Prometheus scrapes: `scrape_configs`, ServiceMonitor and PodMonitor of its operator, annotations of pods. */
async function scrapesOf(reading: Reading): Promise<readonly Scrape[]> {
  const scrapes: Scrape[] = [];
  const paths = reading.paths.filter((path) => /\.ya?ml$/.test(path) && !path.startsWith('.github/'));
  for (const path of paths.slice(0, MAX_FILES)) {
    const text = await reading.text(path);
    if (text === null || !/scrape_configs|(?:Service|Pod)Monitor|prometheus\.io\/scrape/.test(text)) continue;
    const read = readPlaced(text);
    for (const document of read.ok ? read.documents : []) {
      const kind = stringAt(document.data, ['kind']);
      if (kind === 'ServiceMonitor' || kind === 'PodMonitor') {
        scrapes.push({ job: null, source: fileSource(path, document.rangeOf(['kind'])) });
      }
      listAt(document.data, ['scrape_configs']).forEach((config, index) => {
        const job = stringAt(config, ['job_name']);
        // Prometheus' own metrics are no service's.
        if (job === null || job === 'prometheus') return;
        scrapes.push({
          job,
          source: fileSource(path, document.rangeOf(['scrape_configs', index, 'job_name'])),
        });
      });
      for (const at of [
        ['metadata', 'annotations'],
        ['spec', 'template', 'metadata', 'annotations'],
      ]) {
        if (stringAt(document.data, [...at, 'prometheus.io/scrape']) === 'true') {
          scrapes.push({
            job: null,
            source: fileSource(path, document.rangeOf([...at, 'prometheus.io/scrape'])),
          });
        }
      }
    }
  }
  return scrapes;
}
