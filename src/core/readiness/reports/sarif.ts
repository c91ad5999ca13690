import { CONFIGURATION_PATH } from '../../gate/configuration';
import { hashOf } from '../../gate/fingerprint';
import type { ConditionWeight } from '../../gate/readiness-settings';
import {
  bounded,
  levelOf,
  location,
  MAX_RELATED,
  MAX_RESULTS,
  problemSeverity,
  SOURCE_ROOT,
} from '../../gate/reports/sarif-parts';
import { visible } from '../../gate/reports/text';
import type { Source } from '../../evidence/fact';
import { withoutSecrets } from '../../text/secret-shapes';
import { counted } from '../../text/words';
import { planPathOf } from '../assess-release';
import type { JudgedCondition } from '../condition';
import type { ReadinessFacts } from '../facts';
import type { Readiness } from '../judge';
import { actionAt, shownEvidence } from './evidence';
import { headlineOf } from './summary';
import { visibleJson } from './visible-json';

/** What the SARIF file says of the tool. */
export interface ReadinessSarifOptions {
  /** The version of Release Gate. */
  readonly version: string;
}

const NOTIFICATIONS = {
  'not-asked': 'A condition that was not asked of this release, and why',
  note: 'What a reader must know of how the release was named',
  'cut-off': 'More results than code scanning takes',
} as const;

/** Each of these is a result of its own, at the line that cannot be undone. */
const BY_EVIDENCE = 'rollback:actions-compensated';

/**
 * The verdict as SARIF 2.1.0 in the subset that GitHub code scanning takes: a rule per condition, a result per reason at its
 * first evidence in a file, what people set aside as suppressions, and what was not asked as notifications.
 */
export function readinessSarif(readiness: Readiness, options: ReadinessSarifOptions): string {
  const { facts, verdict, conditions, rollback, reasons } = readiness;
  const { version, environment } = facts.asked;
  const described = [...conditions, ...rollback];
  const indexes = new Map(described.map(({ id }, index) => [id, index]));
  const occurrences = new Map<string, number>();
  const all = reasons.flatMap((reason) =>
    placesOf(reason, facts).map((place) => resultOf(reason, place, facts, indexes, occurrences)),
  );
  const results = all.slice(0, MAX_RESULTS);
  return visibleJson({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Release Gate',
            semanticVersion: options.version,
            rules: described.map(descriptorOf),
            notifications: Object.entries(NOTIFICATIONS).map(([id, text]) => ({
              id,
              shortDescription: { text },
            })),
          },
        },
        automationDetails: { id: `release-gate-readiness/${encodeURIComponent(environment)}/` },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: notificationsOf(readiness, all.length - results.length),
          },
        ],
        originalUriBaseIds: SOURCE_ROOT,
        columnKind: 'utf16CodeUnits',
        properties: { verdict, version, environment, summary: plain(headlineOf(readiness)) },
        results,
      },
    ],
  });
}

function descriptorOf({ id, title, weight }: JudgedCondition): object {
  const help = [
    `${title}.`,
    `Where this does not hold, ${
      weight === 'block' ? 'the release does not go' : 'the report warns'
    }. A named person may set it aside for one version, with a reason and an end: release-gate override record --condition ${id}.`,
    'What it asks, where its evidence comes from and what it cannot see stands in docs/readiness.md of Release Gate.',
  ].join('\n\n');
  return {
    id,
    name: id,
    shortDescription: { text: bounded(title) },
    fullDescription: { text: bounded(title) },
    help: { text: help, markdown: help },
    defaultConfiguration: { level: levelOf(severityOf(weight)) },
    properties: { tags: ['release', 'readiness'], 'problem.severity': problemSeverity(severityOf(weight)) },
  };
}

/** Where a reason is shown: one place, or one for each action that cannot be undone. */
function placesOf(reason: JudgedCondition, facts: ReadinessFacts): readonly (readonly Source[])[] {
  const files = reason.evidence.filter((source) => source.kind === 'file');
  const others = reason.evidence.filter((source) => source.kind !== 'file');
  if (reason.id !== BY_EVIDENCE || files.length < 2) return [[...files, ...others]];
  const actions = files.filter((source) => actionAt(source, facts) !== null);
  const [first, ...rest] = actions.length > 0 ? actions : files;
  const beside = files.filter((source) => !actions.includes(source));
  return first ? [[first, ...beside, ...others], ...rest.map((source) => [source])] : [[...others]];
}

function resultOf(
  reason: JudgedCondition,
  evidence: readonly Source[],
  facts: ReadinessFacts,
  indexes: ReadonlyMap<string, number>,
  occurrences: Map<string, number>,
): object {
  const { id, weight, status, why, next, override } = reason;
  const [first] = evidence;
  const file = first?.kind === 'file' ? first : null;
  const action = file ? actionAt(file, facts) : null;
  // Code scanning needs a file for each result: the plan is where a person would settle it.
  const path =
    file?.path ??
    facts.plan?.path ??
    (facts.paths.has(CONFIGURATION_PATH) ? CONFIGURATION_PATH : planPathOf(facts.configuration));
  const others = evidence.slice(file ? 1 : 0);
  const related = others.filter((source) => source.kind === 'file').slice(0, MAX_RELATED);
  const told = others.filter((source) => source.kind !== 'file').slice(0, MAX_RELATED);
  const isByAction = action !== null && id === BY_EVIDENCE;
  const statement = action ? [`${action.kind}: ${withoutSecrets(action.statement)}`] : [];
  const text = [
    status === 'unknown' ? `Not known: ${why}` : why,
    ...statement,
    ...(isByAction ? [action.why] : []),
    ...told.map((source) => {
      const { place, text: quoted } = shownEvidence(source, facts);
      return quoted === '' ? `See ${place}` : `See ${place}: ${withoutSecrets(quoted)}`;
    }),
    ...(next === null || status === 'waived' ? [] : [`Next: ${next}`]),
  ];
  const hash = hashOf(`${id}\n${path}\n${action?.statement ?? ''}`);
  const count = (occurrences.get(hash) ?? 0) + 1;
  occurrences.set(hash, count);
  return {
    ruleId: id,
    ruleIndex: indexes.get(id) ?? -1,
    level: levelOf(severityOf(weight)),
    message: { text: text.map(plain).join('\n') },
    locations: [location(path, file?.range ?? null)],
    ...(related.length > 0
      ? {
          relatedLocations: related.map((source, index) => ({
            id: index + 1,
            message: { text: plain(withoutSecrets(shownEvidence(source, facts).text) || 'evidence') },
            ...location(source.path, source.range),
          })),
        }
      : {}),
    ...(override
      ? {
          suppressions: [
            {
              kind: 'external',
              status: 'accepted',
              justification: plain(`${override.name}, until ${override.until}: ${override.reason}`),
              location: location(override.path, null),
            },
          ],
        }
      : {}),
    partialFingerprints: { primaryLocationLineHash: `${hash}:${count}` },
    properties: { status, weight },
  };
}

function notificationsOf({ conditions, facts, notes }: Readiness, cutOff: number): object[] {
  const notification = (id: keyof typeof NOTIFICATIONS, text: string, more: object = {}): object => ({
    descriptor: { id, index: Object.keys(NOTIFICATIONS).indexOf(id) },
    level: id === 'cut-off' ? 'warning' : 'note',
    message: { text: plain(text) },
    ...more,
  });
  return [
    ...conditions
      .filter(({ status }) => status === 'off' || status === 'not-applicable')
      .map(({ id, why }) =>
        notification('not-asked', `${id} was not asked: ${why}`, { associatedRule: { id } }),
      ),
    ...facts.check.notChecked.map(({ rule, needs }) =>
      notification('not-asked', `${rule} was not asked: it needs ${needs}`),
    ),
    ...[...(facts.change?.range.notes ?? []), ...notes].map((note) => notification('note', note)),
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

function severityOf(weight: ConditionWeight): 'block' | 'warn' | 'info' {
  return weight === 'off' ? 'info' : weight;
}

/** Text of the repository as a message: nothing steers, and `[…](…)` is no link (SARIF 2.1.0, section 3.11.6). */
function plain(text: string): string {
  return visible(text).replace(/\]\(/g, '] (');
}
