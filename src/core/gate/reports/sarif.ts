import type { Range } from '../../text/position';
import { rules } from '../../rules/index';
import type { Rule, Severity } from '../../rules/rule';
import type { Finding, RootReport } from '../report';
import { counterexampleLines } from './counterexample';
import { pathFromCall, summaryOf, waiverSentence } from './summary';

/** What the SARIF file says of the tool. */
export interface SarifOptions {
  /** The version of Release Gate. */
  readonly version: string;
  /** The web address of a rule's page; null where there is none. */
  readonly urlOf?: (rule: string) => string | null;
  /** The Markdown of a rule's page, shown by code scanning beside the alert; null where it is not at hand. */
  readonly pageTextOf?: (rule: string) => string | null;
}

/**
 * The report as SARIF 2.1.0 in the subset that GitHub code scanning takes
 * (https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning):
 * one run, every result with one location, waived findings as suppressions, and a fingerprint that survives lines
 * being added above.
 */
export function renderSarif(reports: readonly RootReport[], options: SarifOptions): string {
  const occurrences = new Map<string, number>();
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
          },
        },
        automationDetails: { id: 'release-gate/' },
        originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The root of the repository' } } },
        columnKind: 'utf16CodeUnits',
        properties: { summary: summaryOf(reports) },
        results: reports.flatMap((report) =>
          report.findings.map((finding) => result(finding, report, reports.length > 1, occurrences)),
        ),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function reportingDescriptor(rule: Rule, options: SarifOptions): object {
  const url = options.urlOf?.(rule.id) ?? null;
  const page = options.pageTextOf?.(rule.id) ?? null;
  return {
    id: rule.id,
    name: rule.id,
    shortDescription: { text: rule.title },
    fullDescription: { text: rule.why },
    help: { text: rule.why, markdown: page ?? rule.why },
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
  const waived = waiverSentence(finding);
  const message = [
    finding.status === 'unknown' ? `Unknown: ${finding.message}` : finding.message,
    ...(finding.counterexample ? counterexampleLines(finding.counterexample) : []),
  ].join('\n');
  // Code scanning needs a file for each result: what is about the whole repository is shown at its first evidence.
  const place = finding.path === '.' ? finding.evidence[0] : undefined;
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
          relatedLocations: finding.evidence.map((evidence, index) => ({
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
                  locations: finding.counterexample.steps.map((step) => ({
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
    ...(waived && finding.waiver
      ? {
          suppressions: [
            {
              kind: finding.waiver.path === finding.path ? 'inSource' : 'external',
              status: 'accepted',
              justification: waived,
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

function location(path: string, range: Range | null): { physicalLocation: object } {
  return {
    physicalLocation: {
      artifactLocation: { uri: path.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' },
      region: range
        ? {
            startLine: range.start.line,
            startColumn: range.start.column,
            endLine: range.end.line,
            endColumn: range.end.column,
          }
        : { startLine: 1 },
    },
  };
}

/** Rule, path and the text of the line, not its number; equal ones are told apart by their order. */
function fingerprint(
  finding: Finding,
  path: string,
  report: RootReport,
  occurrences: Map<string, number>,
): string {
  const text = report.sources?.get(finding.path);
  const line =
    text !== undefined && finding.range
      ? (text.split(/\r\n|\n|\r/)[finding.range.start.line - 1] ?? '').trim()
      : finding.message;
  const hash = hashOf(`${finding.rule}\n${path}\n${line}`);
  const count = (occurrences.get(hash) ?? 0) + 1;
  occurrences.set(hash, count);
  return `${hash}:${count}`;
}

/** FNV-1a over UTF-16 code units, 64 bits in hex: short, stable, not meant to resist anybody. */
function hashOf(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let index = 0; index < text.length; index++) {
    hash = ((hash ^ BigInt(text.charCodeAt(index))) * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return hash.toString(16).padStart(16, '0');
}

function levelOf(severity: Severity): 'error' | 'warning' | 'note' {
  switch (severity) {
    case 'block':
      return 'error';
    case 'warn':
      return 'warning';
    case 'info':
      return 'note';
  }
}

function problemSeverity(severity: Severity): 'error' | 'warning' | 'recommendation' {
  switch (severity) {
    case 'block':
      return 'error';
    case 'warn':
      return 'warning';
    case 'info':
      return 'recommendation';
  }
}
