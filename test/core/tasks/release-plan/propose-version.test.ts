import assert from 'node:assert/strict';
import type { ClassifiedCommit } from '../../../../src/core/change/change';
import { fact, fileSource, textOf, unknown } from '../../../../src/core/evidence/fact';
import type { Stack } from '../../../../src/core/evidence/profile';
import { proposeVersion } from '../../../../src/core/tasks/release-plan/propose-version';
import { changeOf, commitOf, profileOf } from '../../../support/change';

const stack = (version: string | null, folder = ''): Stack => ({
  language: 'node',
  folder,
  manifest: fact('package.json', fileSource('package.json')),
  name: unknown('name'),
  version: version === null ? unknown('version') : fact(version, fileSource('package.json')),
  packageManager: fact('npm', fileSource('package.json')),
  lockFile: null,
  languageVersion: unknown('version of Node'),
  commands: {},
  isPublished: false,
});

const propose = (
  commits: readonly ClassifiedCommit[],
  previous: string | null = '1.2.3',
  stacks: readonly Stack[] = [],
): string => {
  const { range } = changeOf();
  const change = changeOf({
    commits,
    range: { ...range, previousVersion: previous, baseTag: previous === null ? null : `v${previous}` },
  });
  return textOf(proposeVersion(null, change, profileOf({ stacks })).version);
};

const feature = commitOf({ type: 'feat', group: 'features' });
const fix = commitOf({});
const breaking = commitOf({ type: 'feat', group: 'breaking', isBreaking: true });
const chore = commitOf({ type: 'chore', group: 'other' });
const undone = { ...feature, revertedBy: 'a'.repeat(40) };

describe('the version of a release', () => {
  it('follows from the commits since the last release by semantic versioning', () => {
    assert.equal(propose([fix, chore]), '1.2.4');
    assert.equal(propose([fix, feature]), '1.3.0');
    assert.equal(propose([fix, feature, breaking]), '2.0.0');
    assert.equal(propose([breaking], '0.4.1'), '0.5.0');
    assert.equal(propose([fix, undone]), '1.2.4');
  });

  it('is unknown where nothing tells', () => {
    assert.equal(propose([chore]), 'UNKNOWN(version)');
    assert.equal(propose([commitOf({ type: null, group: 'other' })]), 'UNKNOWN(version)');
    assert.equal(propose([feature], null), 'UNKNOWN(version)');
    assert.equal(propose([feature], '2.0.0-rc.1'), 'UNKNOWN(version)');
    assert.equal(textOf(proposeVersion(null, null, profileOf()).version), 'UNKNOWN(version)');
  });

  it('is that of a manifest that is ahead, unless manifests disagree or it stands below the root', () => {
    assert.equal(propose([fix], '1.2.3', [stack('1.5.0')]), '1.5.0');
    assert.equal(propose([fix], '1.2.3', [stack('1.2.3')]), '1.2.4');
    assert.equal(propose([fix], '1.2.3', [stack('0.0.0')]), '1.2.4');
    assert.equal(propose([fix], '1.2.3', [stack('1.5.0'), stack('1.6.0')]), '1.2.4');
    assert.equal(propose([fix], '1.2.3', [stack('1.5.0', 'packages/a')]), '1.2.4');
    assert.equal(propose([fix], null, [stack('0.1.0')]), '0.1.0');
  });

  it('is what a person told, or what the tag on the head says, before anything else', () => {
    const { range } = changeOf();
    const tagged = changeOf({
      commits: [breaking],
      range: { ...range, headTag: 'v1.9.0', headVersion: '1.9.0' },
    });
    assert.equal(textOf(proposeVersion(null, tagged, profileOf()).version), '1.9.0');
    const told = proposeVersion('2026-spring', tagged, profileOf());
    assert.deepEqual(told.version, {
      value: '2026-spring',
      sources: [{ kind: 'person', question: 'version' }],
    });
  });
});
