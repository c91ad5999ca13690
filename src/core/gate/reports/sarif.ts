import { counted } from '../../text/words';
import { rules } from '../../rules/index';
import type { Rule } from '../../rules/rule';
import { CONFIGURATION_PATH } from '../configuration';
import { hashOf, lineOfFinding } from '../fingerprint';
import type { OtherToolReport } from '../../evidence/results/sarif';
import type { Finding, RootReport } from '../report';
import { counterexampleLines } from './counterexample';
import {
  bounded,
  levelOf,
  location,
  MAX_RELATED,
  MAX_RESULTS,
  MAX_STEPS,
  problemSeverity,
  SOURCE_ROOT,
  withoutRelativeLinks,
} from './sarif-parts';
import { goneFindings, pathFromCall, setAside, summaryOf } from './summary';

/** What the SARIF file says of the tool. */
export interface SarifOptions {
  /** The version of Release Gate. */
  readonly version: string;
  /** The web address of a rule's page; null where there is none. */
  readonly urlOf?: (rule: string) => string | null;
  /** The Markdown of a rule's page, shown by code scanning beside the alert; null where it is not at hand. */
  readonly pageTextOf?: (rule: string) => string | null;
  /** What other tools reported. */
  readonly others?: readonly OtherToolReport[];
}

/** What the run tells besides its results; a reader of the file finds it under `invocations`. */
const NOTIFICATIONS = {
  'not-checked': 'A rule that was not asked, and what would have to be asked',
  'left-out': 'A file that the configuration leaves out',
  'gone-from-baseline': 'A finding of the baseline that is there no more',
  'cut-off': 'More results than code scanning takes',
} as const;

/**
 * The report as SARIF 2.1.0 in the subset that GitHub code scanning takes
 * (https://docs.github.com/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning): one run of
 * ours, every result with one location, what is set aside as suppressions, a fingerprint that survives lines being added
 * above, and what was not checked as notifications. What other tools reported follows, each in a run of its own.
 */
export function renderSarif(reports: readonly RootReport[], options: SarifOptions): string {
  const occurrences = new Map<string, number>();
  const hasBaseline = reports.some(({ baseline }) => baseline !== undefined);
  // Code scanning shows the first few thousand: what blocks must be among them.
  const all = reports.flatMap((report) => report.findings.map((finding) => ({ finding, report })));
  const shown =
    all.length <= MAX_RESULTS
      ? all
      : [...all].sort((a, b) => order(a.finding) - order(b.finding)).slice(0, MAX_RESULTS);
  const cutOff = all.length - shown.length;
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Release Gate',
            semanticVersion: options.version,
            rules: rules.map((rule) => reportingDescriptor(rule, options)),
            notifications: Object.entries(NOTIFICATIONS).map(([id, text]) => ({
              id,
              shortDescription: { text },
            })),
          },
        },
        automationDetails: { id: 'release-gate/' },
        invocations: [
          { executionSuccessful: true, toolExecutionNotifications: notificationsOf(reports, cutOff) },
        ],
        originalUriBaseIds: SOURCE_ROOT,
        columnKind: 'utf16CodeUnits',
        properties: { summary: summaryOf(reports) },
        results: shown.map(({ finding, report }) => ({
          ...result(finding, report, reports.length > 1, occurrences),
          ...(hasBaseline ? { baselineState: finding.baseline === undefined ? 'new' : 'unchanged' } : {}),
        })),
      },
      ...(options.others ?? []).map(runOfOther),
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

/** What blocks first, what is set aside last. */
function order({ severity, status }: Finding): number {
  return (status === 'waived' ? 10 : 0) + ['block', 'warn', 'info'].indexOf(severity);
}

function notificationsOf(reports: readonly RootReport[], cutOff: number): object[] {
  const notChecked = new Map(
    reports.flatMap((report) => report.notChecked).map((entry) => [`${entry.rule}\n${entry.needs}`, entry]),
  );
  const notification = (id: keyof typeof NOTIFICATIONS, text: string, more: object = {}): object => ({
    descriptor: { id, index: Object.keys(NOTIFICATIONS).indexOf(id) },
    level: id === 'cut-off' ? 'warning' : 'note',
    message: { text },
    ...more,
  });
  return [
    ...[...notChecked.values()].map(({ rule, needs }) =>
      notification('not-checked', `${rule} was not checked: it needs ${needs}`, {
        associatedRule: { id: rule },
      }),
    ),
    ...reports.flatMap(({ root, leftOut }) =>
      (leftOut ?? []).map((path) =>
        notification('left-out', 'The configuration leaves this file out', {
          locations: [location(reports.length > 1 ? pathFromCall(root, path) : path, null)],
        }),
      ),
    ),
    ...goneFindings(reports).map(({ rule, path, message, count }) =>
      notification('gone-from-baseline', `${path}: ${message} (${counted(count, 'time')})`, {
        associatedRule: { id: rule },
      }),
    ),
    ...(cutOff > 0
      ? [
          notification(
            'cut-off',
            `${counted(cutOff, 'result')} of least weight left out: code scanning takes ${MAX_RESULTS}`,
          ),
        ]
      : []),
  ];
}

/** Another tool's results as it gave them, in the category of their own that code scanning wants for each tool. */
function runOfOther(other: OtherToolReport, index: number): object {
  const known = new Map(other.rules.map((rule, at) => [rule.id, at]));
  return {
    tool: {
      driver: {
        name: other.tool,
        ...(other.version ? { version: other.version } : {}),
        ...(other.informationUri ? { informationUri: other.informationUri } : {}),
        rules: other.rules.map(({ id, title, helpText, helpMarkdown, helpUri }) => ({
          id,
          shortDescription: { text: bounded(title ?? id) },
          ...(helpText || helpMarkdown
            ? {
                help: {
                  text: helpText ?? helpMarkdown,
                  ...(helpMarkdown ? { markdown: helpMarkdown } : {}),
                },
              }
            : {}),
          ...(helpUri ? { helpUri } : {}),
        })),
      },
    },
    automationDetails: { id: `release-gate-beside/${index + 1}/` },
    originalUriBaseIds: SOURCE_ROOT,
    results: other.findings.map((finding) => ({
      ...(finding.rule === '' ? {} : { ruleId: finding.rule }),
      ...(known.has(finding.rule) ? { ruleIndex: known.get(finding.rule) } : {}),
      level: finding.level,
      message: { text: finding.message },
      ...(finding.path === null ? {} : { locations: [location(finding.path, finding.range)] }),
      ...(finding.isSuppressed ? { suppressions: [{ kind: 'external', status: 'accepted' }] } : {}),
      ...(Object.keys(finding.fingerprints).length > 0 ? { partialFingerprints: finding.fingerprints } : {}),
    })),
    properties: { file: other.file },
  };
}

function reportingDescriptor(rule: Rule, options: SarifOptions): object {
  const url = options.urlOf?.(rule.id) ?? null;
  const page = options.pageTextOf?.(rule.id) ?? null;
  return {
    id: rule.id,
    name: rule.id,
    shortDescription: { text: bounded(rule.title) },
    fullDescription: { text: bounded(rule.why) },
    help: { text: rule.why, markdown: page === null ? rule.why : withoutRelativeLinks(page) },
    ...(url ? { helpUri: url } : {}),
    defaultConfiguration: { level: levelOf(rule.severity) },
    properties: { tags: ['release', rule.subject], 'problem.severity': problemSeverity(rule.severity) },
  };
}

function result(
  finding: Finding,
  report: RootReport,
  isOneOfSeveral: boolean,
  occurrences: Map<string, number>,
): object {
  const pathOf = (path: string): string => (isOneOfSeveral ? pathFromCall(report.root, path) : path);
  const aside = setAside(finding);
  const message = [
    finding.status === 'unknown' ? `Unknown: ${finding.message}` : finding.message,
    ...(finding.counterexample ? counterexampleLines(finding.counterexample) : []),
  ].join('\n');
  // Code scanning needs a file for each result: what is about the whole repository is shown at its first evidence, or
  // else where a person would look for the gate.
  const place =
    finding.path === '.' ? (finding.evidence[0] ?? { path: CONFIGURATION_PATH, range: null }) : undefined;
  return {
    ruleId: finding.rule,
    ruleIndex: rules.findIndex((rule) => rule.id === finding.rule),
    level: levelOf(finding.severity),
    message: { text: message },
    locations: [
      place ? location(pathOf(place.path), place.range) : location(pathOf(finding.path), finding.range),
    ],
    ...(finding.evidence.length > 0
      ? {
          relatedLocations: finding.evidence.slice(0, MAX_RELATED).map((evidence, index) => ({
            id: index + 1,
            message: { text: evidence.message },
            ...location(pathOf(evidence.path), evidence.range),
          })),
        }
      : {}),
    ...(finding.counterexample
      ? {
          codeFlows: [
            {
              message: { text: 'How production is reached' },
              threadFlows: [
                {
                  locations: finding.counterexample.steps.slice(0, MAX_STEPS).map((step) => ({
                    location: {
                      message: { text: `${step.job}: ${step.result}, ${step.why}` },
                      ...location(pathOf(step.path), step.range),
                    },
                  })),
                },
              ],
            },
          ],
        }
      : {}),
    ...(aside
      ? {
          suppressions: [
            {
              kind: finding.waiver && aside.path === finding.path ? 'inSource' : 'external',
              status: 'accepted',
              justification: aside.sentence,
              ...(aside.range ? { location: location(pathOf(aside.path), aside.range) } : {}),
            },
          ],
        }
      : {}),
    partialFingerprints: {
      primaryLocationLineHash: fingerprint(finding, pathOf(finding.path), report, occurrences),
    },
    properties: { status: finding.status, severity: finding.severity, fix: finding.fix?.kind ?? null },
  };
}

/** Rule, path and the text of the line, not its number; equal ones are told apart by their order. */
function fingerprint(
  finding: Finding,
  path: string,
  report: RootReport,
  occurrences: Map<string, number>,
): string {
  const hash = hashOf(`${finding.rule}\n${path}\n${lineOfFinding(finding, report.sources)}`);
  const count = (occurrences.get(hash) ?? 0) + 1;
  occurrences.set(hash, count);
  return `${hash}:${count}`;
}
