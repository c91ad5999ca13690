import type { ReleaseRequest } from '../../documents/release-request/release-request';
import { releaseRequestKind } from '../../documents/release-request/release-request-kind';
import { markdownText } from '../../documents/markdown/write';
import { shellWord } from '../../evidence/detect/shell-text';
import { isKnown, placeholder, textOf } from '../../evidence/fact';
import { rollbackCommandOf, type RepositoryProfile } from '../../evidence/profile';
import { changeSources, planPathOf, type AssessedRelease } from '../../readiness/assess-release';
import { assessTold } from '../assess-told';
import { plannedChanges } from '../release-plan/assemble';
import { proposeVersion } from '../release-plan/propose-version';
import type { DocumentSubject } from './document-task';
import { fileNameOf } from './file-name';

/** More changes are in the plan; the request says how many. */
const MAX_CHANGES = 30;

/** The issue that asks for a release, filled from its commits and plan: to be filed as it is. */
export const releaseRequest: DocumentSubject<ReleaseRequest> = {
  id: 'release-request',
  kind: releaseRequestKind,
  title: 'Write a release request',
  reading: 'Reading what changed since the last release',
  inputs: [
    { name: 'version', question: 'Which version is asked for?', isAsked: true },
    {
      name: 'base',
      question: 'From which tag or commit on? (the last release tag by default)',
      isAsked: false,
    },
    { name: 'head', question: 'Up to which tag or commit? (the current one by default)', isAsked: false },
    { name: 'environment', question: 'To which environment? (production by default)', isAsked: false },
  ],
  writes: ['docs/release/requests'],
  async assemble({ world, run, profile, told }) {
    const release = await assessTold(world, told, run);
    const { change, plan } = release;
    const { version } = proposeVersion(told.get('version') ?? null, change, profile);
    const name = textOf(version);
    const path = `${world.configuration.releaseFolder}/requests/RELEASE_REQUEST_${isKnown(version) ? fileNameOf(name) : 'NEXT'}.md`;
    const environment =
      told.get('environment') ?? profile.environments.find(({ value }) => value.isProduction)?.value.name;
    return {
      path,
      sources: change ? changeSources(change) : [],
      summary: `Release request of ${markdownText(textOf(profile.service))} ${markdownText(name)}.`,
      notes:
        plan === null
          ? [`There is no release plan at ${planPathOf(world.configuration)}: the triggers are taken from it`]
          : [],
      manualSteps: [
        {
          title: 'File it as an issue',
          why: 'Whoever approves answers there; nobody approves their own request',
          command: `gh issue create --title ${shellWord(`Release: ${isKnown(version) ? name : ''}`.trim())} --label release --body-file ${shellWord(path)}`,
        },
      ],
      data: {
        version: change ? `${name} (${change.range.commits.head.slice(0, 12)})` : name,
        environment: environment ?? placeholder('where it is released to'),
        strategy: strategyOf(release),
        changelog: changelogOf(release),
        rollbackPlan: rollbackOf(release, profile),
        monitoring: monitoringOf(release),
      },
    };
  },
};

function strategyOf({ plan, rollout, change }: AssessedRelease): string {
  const planned = plan?.data.rollout.strategy ?? '';
  if (planned !== '') return planned;
  return change ? rollout.rollout : placeholder('canary, blue-green, rolling, all-at-once or manual');
}

function changelogOf({ change, noChange }: AssessedRelease): string {
  if (!change) return placeholder(`what changes; it is not known here: ${noChange.replace(/[()]/g, ' ')}`);
  const changes = plannedChanges(change);
  const shown = changes.slice(0, MAX_CHANGES);
  const since =
    change.range.baseName === null ? 'from the first commit on' : `since ${change.range.baseName}`;
  return [
    `${change.counts.total} ${change.counts.total === 1 ? 'commit' : 'commits'} ${since}.`,
    ...shown.map(
      ({ group, subject, commit }) => `${group}: ${subject}${commit === '' ? '' : ` (${commit})`}`,
    ),
    ...(shown.length < changes.length
      ? [`${changes.length - shown.length} more are in the release plan.`]
      : []),
  ].join('\n\n');
}

function rollbackOf(release: AssessedRelease, profile: RepositoryProfile): string {
  const { change, plan, records } = release;
  const target =
    plan?.data.rollback.target ??
    change?.range.previousVersion ??
    placeholder('the version that is gone back to');
  const command = rollbackCommandOf(profile)?.value ?? placeholder('the command that goes back');
  const drill = records.drills
    .filter(({ drill: what, hasPassed }) => what === 'rollback' && hasPassed)
    .sort((a, b) => b.startedAtMs - a.startedAtMs)[0];
  const lost = change?.irreversible.filter(({ reversibleBy }) => reversibleBy === null) ?? [];
  return [
    `Back to ${target} by: ${command}`,
    drill
      ? `Practised in ${drill.environment} at ${drill.startedAt}, as ${drill.path} records.`
      : `Practised: ${placeholder('when and where the rollback was practised; no record says so')}.`,
    ...(change === null
      ? []
      : lost.length === 0
        ? ['Nothing was seen that cannot be undone.']
        : lost.map(
            ({ path, statement, why }) =>
              `Cannot be undone or judged: ${path}: ${statement === '' ? why : statement}`,
          )),
  ].join('\n\n');
}

function monitoringOf({ plan }: AssessedRelease): string {
  const triggers = plan?.data.rollback.triggers ?? [];
  if (triggers.length === 0) {
    return placeholder('metrics that are watched, with comparison, threshold, window and for how long');
  }
  return triggers
    .map(
      ({ metric, comparison, threshold, window, lasting }) =>
        `Roll back when ${metric} ${comparison} ${threshold} over ${window}${lasting === '' ? '' : ` for ${lasting}`}`,
    )
    .join('\n\n');
}
