import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from 'yaml';
import { defaultPipelineSettings } from '../../../../src/core/evidence/pipeline-settings';
import type { RepositoryProfile } from '../../../../src/core/evidence/profile';
import { generatePipeline, type GeneratedPipeline } from '../../../../src/core/pipeline/generate/generate';
import { plainProfile } from '../../../../src/core/pipeline/generate/plain-profile';
import { profileOf, remoteHistory } from '../../../support/generated-pipeline';
import { sampleNames, sampleRepository } from '../../../support/sample-repository';

const SAMPLES = sampleNames();

/** Words of our own, one of a few by the types: no file of a repository writes them. */
const CLOSED = /^(?:kind|language|unknown|confidence|format|does|form|role|services)$/;

type Path = readonly (string | number)[];

/** Every text of a profile that a repository writes. */
function placesOf(value: unknown, at: Path = []): Path[] {
  if (typeof value === 'string') return [at];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'sources' || CLOSED.test(key) ? [] : placesOf(inner, [...at, key]),
  );
}

function withText(profile: RepositoryProfile, at: Path, text: string): RepositoryProfile {
  const put = (value: unknown, depth: number): unknown => {
    const key = at[depth];
    if (key === undefined) return text;
    if (Array.isArray(value))
      return value.map((item: unknown, index) => (String(index) === key ? put(item, depth + 1) : item));
    return Object.fromEntries(
      Object.entries(value as Record<string, unknown>).map(([name, inner]) => [
        name,
        name === key ? put(inner, depth + 1) : inner,
      ]),
    );
  };
  return put(profile, 0) as RepositoryProfile;
}

function generate(profile: RepositoryProfile, files: Readonly<Record<string, string>>): GeneratedPipeline {
  return generatePipeline({
    profile,
    paths: new Set(Object.keys(files)),
    imagesOfArtifact: new Set(),
    environments: '',
    known: { productionEnvironments: [], otherEnvironments: [] },
    settings: defaultPipelineSettings,
  });
}

describe('texts of a repository in a generated pipeline', () => {
  it('never stand in a workflow as an expression, wherever the profile has them, and never stop the others', async () => {
    const hostile = fc.constantFrom('${{ secrets.EVIL }}', 'x ${{ secrets.EVIL', 'a\n::evil', 'a\u202Eb');
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...SAMPLES), fc.nat(), hostile, async (name, number, text) => {
        const files = sampleRepository(name);
        const profile = await profileOf(files, remoteHistory('https://github.com/acme/shop'));
        const places = placesOf(profile);
        const place = places[number % places.length] ?? [];
        const { workflows } = generate(withText(profile, place, text), files);
        for (const workflow of workflows) {
          const written = workflow.text({ pipeline: 'pipeline.yml' });
          assert.ok(!written.includes('${{ secrets.EVIL'), place.join('.'));
          assert.ok(!/^::evil/m.test(written), place.join('.'));
          parse(written);
        }
      }),
      { numRuns: 80 },
    );
  });

  it('are left out with a note, and the rest stays', async () => {
    const files = sampleRepository('orders-service');
    const profile = await profileOf(files, remoteHistory('https://github.com/acme/shop'));
    assert.equal(plainProfile(profile).refused, 0);
    assert.deepEqual(plainProfile(profile).profile, profile);
    const [target] = profile.deployTargets;
    assert.ok(target?.workloads);
    const hostile = withText(profile, ['deployTargets', '0', 'workloads', '0', 'value', 'name'], '${{ x }}');
    const left = plainProfile(hostile);
    assert.equal(left.refused, 1);
    assert.equal(left.profile.deployTargets[0]?.workloads?.length, target.workloads.length - 1);
    assert.ok(
      generate(hostile, files).notes.includes(
        '1 text of the repository was left out: what holds an expression or hidden characters must not stand in a workflow.',
      ),
    );
    const version = plainProfile(withText(profile, ['stacks', '0', 'languageVersion', 'value'], '${{ x }}'));
    assert.match(JSON.stringify(version.profile.stacks[0]?.languageVersion), /languageVersion in plain text/);
  });
});
