import { shortHash } from '../../text/short-hash';

/** One line of a chart. */
export interface PanelQuery {
  readonly query: string;
  /** Grafana's format of a legend; '' where there is one line. */
  readonly legend: string;
}

/** A panel before it is Grafana's. */
export type PanelPlan =
  | {
      /** Stable: the same panel has the same number whenever it is written. */
      readonly id: number;
      readonly kind: 'chart';
      readonly title: string;
      readonly description: string;
      /** Grafana's name of the unit: `reqps`, `percentunit`, `s`. */
      readonly unit: string;
      readonly queries: readonly PanelQuery[];
    }
  | {
      readonly id: number;
      readonly kind: 'text';
      readonly title: string;
      readonly description: string;
      readonly markdown: string;
    };

export interface RowPlan {
  readonly id: number;
  readonly title: string;
  readonly panels: readonly PanelPlan[];
}

export interface DashboardPlan {
  readonly uid: string;
  readonly title: string;
  /** A query whose values of `job` there are to choose from; null: no query uses it. */
  readonly jobsOf: string | null;
  /** The job that is chosen at first; null: all of them. */
  readonly job: string | null;
  readonly rows: readonly RowPlan[];
}

/** Data of JSON. */
type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

/** What became of a dashboard that stood there. */
export interface WrittenDashboard {
  readonly text: string;
  /** Panels that a person changed or took away, and which were left so; by title. */
  readonly kept: readonly string[];
}

/** The newest version of Grafana's classic model, which every release imports: newer ones migrate it, older ones read it. */
const SCHEMA_VERSION = 42;

const WIDTH = 8;
const HEIGHT = 8;
const PER_ROW = 3;

const SOURCE = { type: 'prometheus', uid: '${datasource}' };

/** Where the fingerprints of the panels stand as they were written; Grafana keeps what it does not know. */
const LEDGER = 'releaseGate';

/**
 * The text of a dashboard. One that this wrote before is changed where it is still as it was written: panels that a person
 * changed, added, moved or took away stay as the person left them, and so does everything around the panels.
 *
 * @returns Null where something stands there that this did not write.
 */
export function writeDashboard(plan: DashboardPlan, before: string | null): WrittenDashboard | null {
  const made = grafanaPanels(plan);
  const ledger = Object.fromEntries(made.map((panel) => [idOf(panel), fingerprint(panel)]));
  if (before === null) {
    const whole = { ...around(plan), panels: made, [LEDGER]: ledgerOf(ledger) };
    return { text: textOf(whole), kept: [] };
  }
  const stands = parsed(before);
  const written = stands?.[LEDGER];
  if (!stands || !isObject(written) || !isObject(written['panels'])) return null;
  const known = written['panels'];
  const there = (Array.isArray(stands['panels']) ? (stands['panels'] as readonly Json[]) : []).filter(
    isObject,
  );
  const kept: string[] = [];
  const byId = new Map(made.map((panel) => [idOf(panel), panel]));
  const noted: Record<string, Json> = { ...ledger };
  const panels = there.flatMap((panel): readonly JsonObject[] => {
    const id = idOf(panel);
    const anew = byId.get(id);
    const was = known[id];
    byId.delete(id);
    if (was === undefined) return [panel];
    if (fingerprint(panel) !== was) {
      noted[id] = was;
      kept.push(textAt(panel, 'title') || id);
      return [panel];
    }
    return anew ? [{ ...anew, gridPos: panel['gridPos'] ?? anew['gridPos'] ?? null }] : [];
  });
  for (const [id, panel] of byId) {
    if (known[id] === undefined) panels.push(panel);
    else {
      noted[id] = known[id] ?? null;
      kept.push(`${textAt(panel, 'title')} (taken away)`);
    }
  }
  return { text: textOf({ ...stands, panels, [LEDGER]: ledgerOf(noted) }), kept };
}

function ledgerOf(panels: Readonly<Record<string, Json>>): JsonObject {
  return {
    note: 'Written by release-gate dashboards. Panels that differ from these fingerprints were changed by hand and are left.',
    panels,
  };
}

function around({ uid, title, jobsOf, job }: DashboardPlan): JsonObject {
  return {
    annotations: { list: [] },
    description:
      'Application, infrastructure and business metrics that the repository shows. Each panel names its source.',
    editable: true,
    graphTooltip: 1,
    id: null,
    links: [],
    refresh: '1m',
    schemaVersion: SCHEMA_VERSION,
    tags: ['release-gate'],
    templating: {
      list: [
        {
          name: 'datasource',
          label: 'Data source',
          type: 'datasource',
          query: 'prometheus',
          current: {},
          hide: 0,
          multi: false,
          includeAll: false,
          options: [],
          refresh: 1,
          regex: '',
        },
        ...(jobsOf === null
          ? []
          : [
              {
                name: 'job',
                label: 'Job',
                type: 'query',
                datasource: SOURCE,
                query: { query: `label_values(${jobsOf}, job)`, refId: 'jobs' },
                definition: `label_values(${jobsOf}, job)`,
                current: job === null ? { text: 'All', value: '$__all' } : { text: job, value: job },
                hide: 0,
                multi: true,
                includeAll: true,
                allValue: '.*',
                options: [],
                refresh: 2,
                regex: '',
                sort: 1,
              },
            ]),
      ],
    },
    time: { from: 'now-6h', to: 'now' },
    timepicker: {},
    timezone: 'utc',
    title,
    uid,
    version: 1,
    weekStart: '',
  };
}

function grafanaPanels({ rows }: DashboardPlan): readonly JsonObject[] {
  const panels: JsonObject[] = [];
  let y = 0;
  for (const row of rows) {
    panels.push({
      id: row.id,
      type: 'row',
      title: row.title,
      collapsed: false,
      gridPos: { h: 1, w: 24, x: 0, y },
      panels: [],
    });
    y += 1;
    row.panels.forEach((panel, index) => {
      const gridPos = {
        h: HEIGHT,
        w: WIDTH,
        x: (index % PER_ROW) * WIDTH,
        y: y + Math.floor(index / PER_ROW) * HEIGHT,
      };
      panels.push(panel.kind === 'chart' ? chart(panel, gridPos) : text(panel, gridPos));
    });
    y += Math.ceil(row.panels.length / PER_ROW) * HEIGHT;
  }
  return panels;
}

function chart(panel: Extract<PanelPlan, { kind: 'chart' }>, gridPos: JsonObject): JsonObject {
  return {
    id: panel.id,
    type: 'timeseries',
    title: panel.title,
    description: panel.description,
    datasource: SOURCE,
    gridPos,
    fieldConfig: {
      defaults: {
        unit: panel.unit,
        min: 0,
        color: { mode: 'palette-classic' },
        custom: { drawStyle: 'line', lineWidth: 1, fillOpacity: 10, showPoints: 'never', spanNulls: false },
        mappings: [],
        thresholds: { mode: 'absolute', steps: [{ color: 'green', value: null }] },
      },
      overrides: [],
    },
    options: {
      legend: { calcs: [], displayMode: 'list', placement: 'bottom', showLegend: true },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
    targets: panel.queries.map(({ query, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource: SOURCE,
      editorMode: 'code',
      expr: query,
      ...(legend === '' ? {} : { legendFormat: legend }),
      range: true,
    })),
  };
}

function text(panel: Extract<PanelPlan, { kind: 'text' }>, gridPos: JsonObject): JsonObject {
  return {
    id: panel.id,
    type: 'text',
    title: panel.title,
    description: panel.description,
    gridPos,
    options: { mode: 'markdown', content: panel.markdown },
  };
}

/** What a panel says, wherever it stands; in whichever order its keys come out of Grafana. */
function fingerprint({ gridPos: _place, ...said }: JsonObject): string {
  return shortHash(JSON.stringify(sorted(said))).toString(36);
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textAt(value: JsonObject, key: string): string {
  const text = value[key];
  return typeof text === 'string' ? text : '';
}

/** A panel's number, as the ledger knows it. */
function idOf(panel: JsonObject): string {
  const { id } = panel;
  return typeof id === 'number' ? String(id) : '';
}

function parsed(text: string): JsonObject | null {
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function textOf(value: JsonObject): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
