import type { Change } from '../../change/change';
import type { ReleaseNotes } from '../../documents/release-notes/release-notes';
import { releaseNotesKind } from '../../documents/release-notes/release-notes-kind';
import { markdownText } from '../../documents/markdown/write';
import { isKnown, placeholder, textOf } from '../../evidence/fact';
import { rollbackCommandOf, type RepositoryProfile } from '../../evidence/profile';
import { changeSources, type AssessedRelease } from '../../readiness/assess-release';
import { assessTold } from '../assess-told';
import { plannedChanges, scopeOf } from '../release-plan/assemble';
import { proposeVersion } from '../release-plan/propose-version';
import { fileNameOf } from './file-name';
import type { DocumentSubject } from './document-task';

/** The technical notes of a release, from its commits and from what asks the deployed system. */
export const releaseNotes: DocumentSubject<ReleaseNotes> = {
  id: 'release-notes',
  kind: releaseNotesKind,
  title: 'Write the technical notes of a release',
  reading: 'Reading what changed since the last release',
  inputs: [
    { name: 'version', question: 'Which version is released?', isAsked: false },
    {
      name: 'base',
      question: 'From which tag or commit on? (the last release tag by default)',
      isAsked: false,
    },
    { name: 'head', question: 'Up to which tag or commit? (the current one by default)', isAsked: false },
    { name: 'environment', question: 'Where is it deployed? (production by default)', isAsked: false },
    { name: 'deployed_at', question: 'When was it deployed (time with zone)?', isAsked: true },
    { name: 'deployed_by', question: 'Who deployed it?', isAsked: true },
  ],
  writes: ['docs/release/notes'],
  async assemble({ world, run, profile, told, claims }) {
    const release = await assessTold(world, told, run);
    const { change } = release;
    const { version } = proposeVersion(told.get('version') ?? null, change, profile);
    const name = textOf(version);
    return {
      path: `${world.configuration.releaseFolder}/notes/RELEASE_NOTES_${isKnown(version) ? fileNameOf(name) : 'NEXT'}.md`,
      sources: [
        ...(change ? changeSources(change) : []),
        ...(profile.smokeTest?.sources ?? []),
        ...profile.operations.flatMap(({ sources }) => sources),
      ],
      summary: `Release notes of ${markdownText(textOf(profile.service))} ${markdownText(name)}.`,
      data: {
        service: textOf(profile.service),
        version: name,
        previousVersion: previousVersionOf(change),
        commit: change?.range.commits.head ?? placeholder('the commit that is released'),
        environment:
          told.get('environment') ??
          profile.environments.find(({ value }) => value.isProduction)?.value.name ??
          placeholder('where it is deployed'),
        deployedAt: told.get('deployed_at') ?? placeholder('when it was deployed, with zone'),
        deployedBy: told.get('deployed_by') ?? placeholder('who deployed it'),
        summary: summaryOf(release),
        changes: change ? notedChanges(change) : [],
        actions: change ? actionsOf(change) : [],
        operations: change ? scopeOf(change) : [],
        verification: verificationOf(profile),
        rollback: rollbackCommandOf(profile)?.value ?? placeholder('where the way back stands'),
        knownIssues: [placeholder('issues that are known and released all the same, or none')],
        claims,
      },
    };
  },
};

function previousVersionOf(change: Change | null): string {
  if (change && change.range.baseName === null) return 'none';
  return change?.range.previousVersion ?? placeholder('the version before');
}

function summaryOf({ change, noChange }: AssessedRelease): string {
  if (!change) return `What changed is not known: ${noChange}.`;
  const { counts, files, range } = change;
  const since = range.baseName === null ? 'from the first commit on' : `since ${range.baseName}`;
  return `${counts.total} ${counts.total === 1 ? 'commit' : 'commits'} ${since}, ${files.length} ${files.length === 1 ? 'file differs' : 'files differ'}. What it is about: ${placeholder('what the release brings, in a sentence')}.`;
}

/** What was undone within the range is in no notes: nobody meets it. */
function notedChanges(change: Change): ReleaseNotes['changes'] {
  const undone = new Set(
    change.commits
      .filter(({ revertedBy, reverts }) => revertedBy !== null || reverts.length > 0)
      .map(({ commit }) => commit.hash.slice(0, 12)),
  );
  return plannedChanges(change)
    .filter(({ commit }) => ![...undone].some((hash) => commit !== '' && hash.startsWith(commit)))
    .map(({ group, subject, component, commit }) => ({ group, change: subject, component, commit }));
}

/** From what breaks, and from configuration that the version asks for and the one before did not. */
function actionsOf(change: Change): readonly string[] {
  const breaking = change.commits.flatMap(({ breakingNote, isBreaking, commit, revertedBy }) =>
    isBreaking && revertedBy === null
      ? [`${breakingNote ?? commit.subject} (${commit.hash.slice(0, 8)})`]
      : [],
  );
  const configuration = change.evidence.flatMap(({ kind, side, path, what }) =>
    kind === 'configuration' && side === 'head' ? [`${path} ${what}: set it where it is deployed`] : [],
  );
  return [...breaking, ...configuration];
}

function verificationOf(profile: RepositoryProfile): ReleaseNotes['verification'] {
  const smoke = profile.smokeTest
    ? [{ check: 'Smoke test', command: profile.smokeTest.value, expected: 'It ends with status 0' }]
    : [];
  const health = profile.operations.flatMap(({ value }) =>
    value.kind === 'health'
      ? [{ check: value.name, command: '', expected: `${value.target} answers as healthy` }]
      : [],
  );
  const found = [...smoke, ...health];
  return found.length > 0
    ? found
    : [
        {
          check: placeholder('what asks the deployed system'),
          command: '',
          expected: placeholder('what is seen when it runs as it should'),
        },
      ];
}
