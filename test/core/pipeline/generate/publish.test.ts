import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readWorkflow } from '../../../../src/core/workflow/read';
import type { Job } from '../../../../src/core/workflow/model';
import { generatedFrom, remoteHistory } from '../../../support/generated-pipeline';
import { sampleRepository } from '../../../support/sample-repository';

const history = remoteHistory('https://github.com/sample/repository.git');

function jobOf(text: string, id: string): Job {
  const job = readWorkflow('.github/workflows/pipeline.yml', text).jobs.find(
    (other) => other.id.value === id,
  );
  assert.ok(job, `there is no job ${id}`);
  return job;
}

const extension = {
  'package.json': JSON.stringify({
    name: 'tidy-notes',
    publisher: 'sample',
    version: '1.2.0',
    private: true,
    main: './dist/extension.js',
    engines: { vscode: '^1.100.0' },
    scripts: { build: 'esbuild src/extension.ts', test: 'mocha' },
    devDependencies: { '@vscode/vsce': '^3.9.2', mocha: '^11.0.0', esbuild: '^0.28.0' },
  }),
  'package-lock.json': '{ "lockfileVersion": 3 }',
};

describe('published packages', () => {
  for (const [name, job, uses] of [
    ['units', 'publish-npm', 'actions/setup-node'],
    ['tide-tables', 'publish-pypi', 'pypa/gh-action-pypi-publish'],
    ['rates-sdk', 'publish-nuget', 'NuGet/login'],
    ['slug-tools', 'publish-rubygems', 'rubygems/configure-rubygems-credentials'],
  ] as const) {
    it(`go out of ${name} by a tag, behind an environment, without a stored token`, async () => {
      const { texts } = await generatedFrom(sampleRepository(name), { history });
      const text = texts['pipeline.yml'] ?? '';
      const publish = jobOf(text, job);
      assert.match(publish.condition?.value ?? '', /startsWith\(github\.ref, 'refs\/tags\/v'\)/);
      assert.ok(publish.environment);
      assert.deepEqual(
        publish.needs.map(({ value }) => value),
        ['build', 'provenance'],
      );
      assert.ok(publish.steps.some((step) => step.uses?.value.startsWith(`${uses}@`)));
      assert.ok(publish.steps.some((step) => step.run?.text.includes('gh attestation verify')));
      assert.ok(publish.steps.some((step) => step.run?.text.includes('--retry')));
      assert.doesNotMatch(text, /secrets\./);
      assert.doesNotMatch(text, /cache: (npm|pip|true)/, 'a run that publishes takes nothing from a cache');
    });
  }

  it('are an extension of VS Code too, private or not, by the identity that Azure gives', async () => {
    const { texts, pipeline } = await generatedFrom(extension, { history });
    assert.equal(pipeline.plan.isDeployed, false);
    const text = texts['pipeline.yml'] ?? '';
    const publish = jobOf(text, 'publish-vscode-marketplace');
    assert.ok(publish.steps.some((step) => step.run?.text.includes('vsce publish --azure-credential')));
    assert.ok(jobOf(text, 'build').steps.some((step) => step.run?.text.includes('vsce package')));
    const titles = pipeline
      .setup([readWorkflow('.github/workflows/ship.yml', text)])
      .map(({ title, why }) => `${title}: ${why}`);
    assert.ok(
      titles.some(
        (title) => title.startsWith('Let the VS Code Marketplace trust') && title.includes('ship.yml'),
      ),
    );
  });

  it('are refused where the tag is another version, by the script itself', async () => {
    const { texts } = await generatedFrom(extension, { history });
    const step = jobOf(texts['pipeline.yml'] ?? '', 'build').steps.find(
      (other) => other.name?.value === 'Check that the tag is the version',
    );
    const folder = mkdtempSync(join(tmpdir(), 'packages-'));
    try {
      mkdirSync(join(folder, 'packages'));
      writeFileSync(join(folder, 'packages', 'tidy-notes-1.2.0.vsix'), '');
      const run = (tag: string): string =>
        execFileSync(
          'bash',
          ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step?.run?.text ?? 'exit 9'],
          {
            env: { PATH: process.env['PATH'] ?? '', RUNNER_TEMP: folder, GITHUB_REF_NAME: tag, PREFIX: 'v' },
            encoding: 'utf8',
          },
        );
      assert.equal(run('v1.2.0'), '');
      assert.throws(() => run('v1.3.0'), /status 1|Command failed/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('of several gemspecs are built from the one that names the gem', async () => {
    const { texts, pipeline } = await generatedFrom(
      {
        ...sampleRepository('slug-tools'),
        'slug-words.gemspec': 'Gem::Specification.new do |spec|\nend\n',
      },
      { history },
    );
    const text = texts['pipeline.yml'] ?? '';
    assert.match(text, /gem build slug-tools\.gemspec\n/);
    const publish = jobOf(text, 'publish-rubygems');
    assert.ok(
      !publish.steps.some((step) => step.run?.text.includes('bundle')),
      'no code of others beside the login',
    );
    const back = pipeline
      .setup([readWorkflow('.github/workflows/pipeline.yml', text)])
      .find(({ title }) => title.startsWith('Know how a version of RubyGems.org'));
    assert.equal(back?.command, 'gem yank slug-tools --version "$BAD_VERSION"');
  });

  it('are left out with a note where which of them is released, or how, is not known', async () => {
    const gem = sampleRepository('slug-tools');
    const gemspec = gem['slug-tools.gemspec'] ?? '';
    const host = '  spec.metadata["allowed_push_host"] = "https://gems.sample.dev"\nend';
    for (const [name, files, told] of [
      ['two crates', sampleRepository('interval-set'), /2 packages go to crates/],
      [
        'a registry of their own',
        { ...gem, 'slug-tools.gemspec': gemspec.replace(/end\s*$/, host) },
        /Nothing is published to https:\/\/gems\.sample\.dev/,
      ],
      [
        'a registry that takes no package',
        {
          'composer.json':
            '{ "name": "sample/slugs", "description": "Slugs", "license": "MIT", "autoload": { "psr-4": { "Slugs\\\\": "src/" } } }\n',
          'composer.lock': '{ "packages": [] }\n',
          'src/Slug.php': '<?php\nnamespace Slugs;\n',
        },
        /Nothing is published to packagist/,
      ],
    ] as const) {
      const { texts, pipeline } = await generatedFrom(files, { history });
      assert.ok(
        pipeline.notes.some((note) => told.test(note)),
        name,
      );
      assert.doesNotMatch(texts['pipeline.yml'] ?? '', /publish-/);
    }
  });
});
