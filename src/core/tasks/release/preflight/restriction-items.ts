import type { ReleasePaths } from '../../../evidence/release-settings';
import type { ReadinessSettings } from '../../../gate/readiness-settings';
import type { RepositoryFiles } from '../../../ports';
import { isOpen, localTime, timeSaid, windowText } from '../../../readiness/change-windows';
import type { JudgedCondition } from '../../../readiness/condition';
import type { ReadinessFacts } from '../../../readiness/facts';
import type { GateItem } from '../../../release/run';
import { counted, enumerated } from '../../../text/words';
import { fails, isUnknown, item, notes, passes } from './gate-item';
import { namesAuthority, readRestrictions, type Restrictions } from './restrictions';

/** What the document on restrictions asks of a release now (S4-14, S4-22); nothing where there is none. */
export async function restrictionItems(
  files: RepositoryFiles,
  paths: ReleasePaths,
  facts: Pick<ReadinessFacts, 'now' | 'overrides' | 'asked' | 'settings'>,
  approved: Pick<JudgedCondition, 'status' | 'why'> | null,
  approvers: number,
  isProduction: boolean,
): Promise<readonly GateItem[]> {
  const read = await files.read(paths.restrictions);
  if (!read.ok) {
    return read.reason === 'missing'
      ? []
      : [
          item('restrictions', 'What restricts releases can be read', {
            outcome: 'unknown',
            detail: `${paths.restrictions} ${read.detail}`,
            evidence: [paths.restrictions],
            isBlocking: isProduction,
          }),
        ];
  }
  const said = readRestrictions(read.text, facts.asked.environment, isProduction);
  const at = (line: number): string => `${paths.restrictions}:${line}`;
  return [
    ...timeItems(said, facts, at),
    ...approvalItems(said, facts.settings, approved, approvers, paths, at, facts.asked),
    ...noteItems(said, at),
  ];
}

function timeItems(
  { windows, freezes, hasUnreadWindows }: Restrictions,
  { now, overrides }: Pick<ReadinessFacts, 'now' | 'overrides'>,
  at: (line: number) => string,
): readonly GateItem[] {
  if (windows.length === 0 && freezes.length === 0) return [];
  const id = 'restricted-times';
  const title = 'The restrictions let releases go now';
  const zone = windows[0]?.zone ?? 'UTC';
  const today = localTime(now, zone).day;
  const freeze = freezes.find(({ from, until }) => from <= today && today <= until);
  const isClosed = windows.length > 0 && !windows.some((window) => isOpen(window, now));
  const why = freeze
    ? `${today} (${zone}) is in the blackout from ${freeze.from} to ${freeze.until}: ${freeze.reason}`
    : isClosed
      ? `it is ${timeSaid(now, zone)}, and releases go ${enumerated(windows.map(windowText), 'or')}`
      : null;
  const evidence = freeze ? [at(freeze.line)] : windows.map(({ line }) => at(line));
  if (why === null)
    return [item(id, title, passes(`it is ${timeSaid(now, zone)}, in a window and no blackout`, evidence))];
  const override = overrides.inForce.find(({ condition }) => condition === 'change-window');
  return [
    item(
      id,
      title,
      override
        ? notes(`${why}; ${override.name} set that aside until ${override.until}: ${override.reason}`, [
            override.path,
            ...evidence,
          ])
        : !freeze && hasUnreadWindows
          ? isUnknown(
              `${why}; other lines on windows have no clear form, so whether one of them is open is not known: a person reads them, and records an override of change-window where one is`,
              evidence,
            )
          : fails(`${why}: wait, or have a named person record an override of change-window`, evidence),
    ),
  ];
}

function approvalItems(
  { approvals, fourEyes }: Restrictions,
  { approvals: settings }: ReadinessSettings,
  approved: Pick<JudgedCondition, 'status' | 'why'> | null,
  approvers: number,
  paths: ReleasePaths,
  at: (line: number) => string,
  { version, environment }: ReadinessFacts['asked'],
): readonly GateItem[] {
  const items: GateItem[] = [];
  if (approvals) {
    const id = 'manual-approval';
    const title = 'The approval that the restrictions ask for is on record';
    const next = `have it recorded with release-gate approval record --environment ${environment} --version ${version}, or as ${paths.releaseFolder}/manual_approvals/approval_${version}_${environment}.md of the same form`;
    const isSetAside = approved?.status === 'waived';
    items.push(
      item(
        id,
        title,
        approvers >= approvals.count
          ? passes(`${counted(approvers, 'person')} approved this commit`.replace('persons', 'people'), [
              at(approvals.line),
            ])
          : isSetAside
            ? notes(approved.why, [at(approvals.line)])
            : fails(
                `${counted(approvals.count, 'approval')} ${approvals.count === 1 ? 'is' : 'are'} asked for and ${approvers === 0 ? 'none counts' : `${approvers} counts`}${approved ? `: ${approved.why}` : ''}; ${next}`,
                [at(approvals.line)],
              ),
      ),
    );
  }
  if (fourEyes) {
    items.push(
      item(
        'four-eyes',
        'Nobody approves what they wrote',
        settings.fourEyes && settings.required > 0
          ? passes('approvals of people who wrote commits of the release do not count', [at(fourEyes.line)])
          : fails(
              'the restrictions ask for four eyes, and the configuration lets people approve what they wrote: set readiness.approvals.four-eyes to true and required to 1 or more',
              [at(fourEyes.line)],
            ),
      ),
    );
  }
  return items;
}

/** So many notes are shown one by one. */
const MAX_NOTES = 5;

function noteItems({ notes: said }: Restrictions, at: (line: number) => string): readonly GateItem[] {
  if (said.length === 0) return [];
  const ruled = said.filter(({ text }) => namesAuthority(text) !== null);
  const title = 'What else restricts releases, a person reads';
  const short = (text: string): string => (text.length > 160 ? `${text.slice(0, 159)}…` : text);
  const others = said.filter((each) => !ruled.includes(each));
  return [
    ...ruled.map(({ text, line }) =>
      item(
        'regulation',
        title,
        notes(`${namesAuthority(text) ?? ''} is named, which no program judges: "${short(text)}"`, [
          at(line),
        ]),
      ),
    ),
    ...(others.length === 0
      ? []
      : [
          item(
            'restrictions',
            title,
            notes(
              `a person reads ${others
                .slice(0, MAX_NOTES)
                .map(({ text }) => `"${short(text)}"`)
                .join(
                  ', ',
                )}${others.length > MAX_NOTES ? ` and ${others.length - MAX_NOTES} more lines` : ''}`,
              others.slice(0, MAX_NOTES).map(({ line }) => at(line)),
            ),
          ),
        ]),
  ];
}
