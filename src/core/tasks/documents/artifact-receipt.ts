import type { ArtifactReceipt } from '../../documents/artifact-receipt/artifact-receipt';
import { artifactReceiptKind } from '../../documents/artifact-receipt/artifact-receipt-kind';
import { markdownText } from '../../documents/markdown/write';
import { isKnown, placeholder, textOf } from '../../evidence/fact';
import { isSameVersion } from '../../records/records-in';
import { checkRow, judgeTold, type JudgedRelease } from '../reports/judged-release';
import { knownReports, type KnownReports } from '../reports/known-reports';
import { releaseInputs } from '../reports/release-inputs';
import { toldRows } from '../reports/told-rows';
import type { DocumentSubject } from './document-task';
import { fileNameOf } from './file-name';

/** What operations receive for one release, with what was checked of it. */
export const artifactReceipt: DocumentSubject<ArtifactReceipt> = {
  id: 'artifact-receipt',
  kind: artifactReceiptKind,
  title: 'Write the receipt of the artifacts of a release',
  reading: 'Reading what comes with the release',
  inputs: [
    ...releaseInputs,
    { name: 'received_by', question: 'Who received it?', isAsked: true },
    { name: 'received_at', question: 'When (2026-11-20T14:00Z)?', isAsked: true },
    { name: 'answer', question: 'What is answered? (accepted, or what is missing)', isAsked: true },
    {
      name: 'timeline',
      question: 'When is it deployed where? (stage | when | owner; several with semicolons)',
      isAsked: true,
    },
  ],
  writes: ['docs/release/receipts'],
  asksOutside: true,
  async assemble({ world, run, profile, told, claims }) {
    const release = await judgeTold(world, told, run, profile, true);
    const { version, commit } = release;
    const reports = knownReports(release);
    const name = textOf(version);
    return {
      path: `${world.configuration.releaseFolder}/receipts/RECEIPT_${isKnown(version) ? fileNameOf(name) : 'NEXT'}.md`,
      sources: [
        ...(isKnown(version) ? version.sources : []),
        ...profile.stacks.flatMap(({ manifest }) => manifest.sources),
        ...reports.sources,
      ],
      summary: `Receipt of the artifacts of ${markdownText(textOf(profile.service))} ${markdownText(name)}.`,
      data: {
        service: textOf(profile.service),
        version: name,
        commit: textOf(commit),
        components: componentsOf(release),
        artifacts: artifactsOf(release),
        received: receivedOf(release, reports),
        acknowledgement: {
          receivedBy: told.get('received_by') ?? placeholder('who received it, by name'),
          receivedAt: told.get('received_at') ?? placeholder('when it was received, with zone'),
          answer: told.get('answer') ?? placeholder('accepted, or what is missing'),
        },
        timeline:
          toldRows(told.get('timeline'), {
            stage: 'stage',
            when: 'when it is deployed there',
            owner: 'who deploys it there',
          }) ?? timelineOf(release),
        claims,
      },
    };
  },
};

function componentsOf({ facts }: JudgedRelease): ArtifactReceipt['components'] {
  const rows = facts.profile.stacks.map(({ name, version, manifest, folder }) => ({
    component: isKnown(name) ? name.value : folder || manifest.value,
    version: isKnown(version)
      ? version.value
      : placeholder(`version of ${isKnown(name) ? name.value : manifest.value}`),
    source: manifest.value,
  }));
  return rows.length > 0
    ? rows
    : [{ component: placeholder('each component'), version: placeholder('its version'), source: '' }];
}

function artifactsOf({ facts, version }: JudgedRelease): ArtifactReceipt['artifacts'] {
  const asked = facts.artifact;
  if (asked?.answer.kind === 'present') {
    const { reference, digest, isDigestComputed, verification } = asked.answer.artifact;
    return [
      {
        artifact: reference,
        digest: digest ?? placeholder('its digest'),
        checked: [
          'The registry has it',
          ...(isDigestComputed ? ['the digest was computed from what it sent'] : []),
          verification.kind === 'verified'
            ? `its signature was verified: ${verification.detail}`
            : verification.detail,
        ].join('; '),
      },
    ];
  }
  const { image } = facts.profile;
  const name = asked?.artifact.name ?? (isKnown(image) ? image.value : null);
  return [
    {
      artifact:
        name === null
          ? placeholder('each artifact, by its name in the registry')
          : `${name}:${isKnown(version) ? version.value : placeholder('version')}`,
      digest: placeholder('its digest; --online asks the registry'),
      checked: asked?.answer.detail ?? placeholder('whether the digest was compared with that of the build'),
    },
  ];
}

function receivedOf(
  { facts, readiness, version }: JudgedRelease,
  { notes }: KnownReports,
): ArtifactReceipt['received'] {
  const plan =
    facts.plan && isKnown(version) && isSameVersion(facts.plan.data.version, version.value)
      ? facts.plan
      : null;
  const row = (check: string, path: string | undefined, needed: string) => ({
    check,
    result: path === undefined ? placeholder(needed) : 'there',
    evidence: path ?? 'no document of the repository is of this version',
  });
  return [
    checkRow(readiness, 'Integration tests', ['functional-tests-passed'], 'result of the integration tests'),
    checkRow(readiness, 'Unit tests', ['unit-tests-passed'], 'result of the unit tests'),
    checkRow(readiness, 'Security scans', ['scan-clean'], 'result of the security scans'),
    checkRow(
      readiness,
      'Made from this commit',
      ['artifact-matches-commit'],
      'whether the artifact was made from this commit',
    ),
    row('Release notes', notes?.path, 'the release notes of this version'),
    row('Release plan', plan?.path, 'the release plan of this version'),
  ];
}

function timelineOf({ facts }: JudgedRelease): ArtifactReceipt['timeline'] {
  const stages = facts.profile.environments.map(({ value }) => value.name);
  return (stages.length > 0 ? stages : [placeholder('where it is deployed')]).map((stage) => ({
    stage,
    when: placeholder('when it is deployed there, with zone'),
    owner: placeholder('who deploys it there'),
  }));
}
