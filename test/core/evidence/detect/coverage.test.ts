import assert from 'node:assert/strict';
import type { Stack } from '../../../../src/core/evidence/profile';
import { isKnown } from '../../../../src/core/evidence/fact';
import { profileOf } from '../../../support/generated-pipeline';
import { told } from '../../../support/told-profile';

async function stackOf(files: Readonly<Record<string, string>>): Promise<Stack> {
  const [stack] = (await profileOf(files)).stacks;
  assert.ok(stack);
  return stack;
}

function coverageTold({ coverage }: Stack): readonly string[] | null {
  if (!coverage) return null;
  const { report } = coverage;
  return [
    told(coverage.tool),
    told(coverage.command),
    isKnown(report) ? `${report.value.format} ${report.value.path}` : `UNKNOWN(${report.unknown})`,
    ...(coverage.threshold ? [told(coverage.threshold)] : []),
  ];
}

const names = (stack: Stack): readonly string[] =>
  (stack.tools ?? []).map(({ value }) => `${value.does} ${value.name}`);

describe('coverage and tools in the profile', () => {
  it('of Rust: where a workflow or a file shows that it is measured, with the runner of the tests', async () => {
    const crate = {
      'Cargo.toml': '[package]\nname = "a"\nversion = "1.0.0"\n',
      'Cargo.lock': '',
      'src/main.rs': '#[test]\nfn x() {}\nfn main() {}\n',
    };
    assert.equal(coverageTold(await stackOf(crate)), null, 'nothing sets it up');
    const measured = await stackOf({
      ...crate,
      '.config/nextest.toml': '',
      '.github/workflows/ci.yml': 'jobs:\n  a:\n    steps:\n      - run: cargo llvm-cov --codecov\n',
    });
    assert.deepEqual(coverageTold(measured), [
      'cargo-llvm-cov @ .github/workflows/ci.yml:4',
      'cargo llvm-cov nextest --locked --lcov --output-path lcov.info @ .github/workflows/ci.yml:4',
      'lcov lcov.info',
    ]);
    assert.deepEqual(names(measured), [
      'format rustfmt',
      'lint Clippy',
      'unit cargo-nextest',
      'coverage cargo-llvm-cov',
    ]);
    assert.deepEqual(coverageTold(await stackOf({ ...crate, 'tarpaulin.toml': '' })), [
      'cargo-tarpaulin @ tarpaulin.toml',
      'cargo tarpaulin --locked --out Lcov --output-dir . @ tarpaulin.toml',
      'lcov lcov.info',
    ]);
  });

  it('of .NET: of one test project, whose report can be told where to stand', async () => {
    const test = (name: string): Record<string, string> => ({
      [`${name}/${name}.csproj`]:
        '<Project Sdk="Microsoft.NET.Sdk">\n<PackageReference Include="xunit" />\n<PackageReference Include="coverlet.collector" />\n</Project>',
    });
    const solution = (...all: string[]): Record<string, string> => ({
      'A.slnx': all.map((name) => `<Project Path="${name}/${name}.csproj" />`).join('\n'),
    });
    const one = await stackOf({ ...solution('A.Tests'), ...test('A.Tests') });
    assert.deepEqual(coverageTold(one), [
      'coverlet @ A.Tests/A.Tests.csproj:3',
      'dotnet test --configuration Release --no-restore --collect "XPlat Code Coverage" --results-directory coverage && cp coverage/*/coverage.cobertura.xml coverage/ @ A.Tests/A.Tests.csproj:3',
      'cobertura coverage/coverage.cobertura.xml',
    ]);
    assert.deepEqual(names(one), ['unit xUnit.net', 'coverage coverlet']);
    const two = await stackOf({ ...solution('A.Tests', 'B.Tests'), ...test('A.Tests'), ...test('B.Tests') });
    assert.deepEqual(coverageTold(two)?.slice(1), [
      'UNKNOWN(one command that measures the coverage of all test projects of A.slnx)',
      'UNKNOWN(one report of the coverage of all test projects of A.slnx)',
    ]);
  });

  it('of Ruby: where a helper starts SimpleCov, with its formatter and bound', async () => {
    const gem = {
      Gemfile: 'gem "rspec"\ngem "simplecov"\ngem "simplecov-cobertura"\ngem "rspec_junit_formatter"\n',
      '.rspec': '--format RspecJunitFormatter\n--out tmp/rspec.xml\n',
      'spec/a_spec.rb': '',
    };
    assert.equal(coverageTold(await stackOf(gem)), null, 'nothing starts it');
    const started = await stackOf({
      ...gem,
      'spec/spec_helper.rb':
        'require "simplecov"\nSimpleCov.start do\n  minimum_coverage 90\n  formatter SimpleCov::Formatter::CoberturaFormatter\nend\n',
    });
    assert.deepEqual(coverageTold(started), [
      'SimpleCov @ spec/spec_helper.rb:2',
      'bundle exec rspec @ spec/spec_helper.rb:2, spec/a_spec.rb',
      'cobertura coverage/coverage.xml',
      '90 @ spec/spec_helper.rb:3',
    ]);
    assert.deepEqual(started.testReports?.map(told), ['tmp/rspec.xml @ .rspec:2']);
    const plain = await stackOf({ ...gem, '.simplecov': 'SimpleCov.start\n' });
    assert.match(coverageTold(plain)?.[2] ?? '', /^UNKNOWN\(coverage report that a program can read/);
  });

  it('of PHP: where PHPUnit is told what to measure, through a script of one command', async () => {
    const composer = (test: unknown): Record<string, string> => ({
      'composer.json': JSON.stringify({ 'require-dev': { 'phpunit/phpunit': '^11' }, scripts: { test } }),
      'phpunit.xml':
        '<phpunit>\n<source>\n</source>\n<logging><junit outputFile="build/junit.xml"/></logging>\n</phpunit>\n',
    });
    const one = await stackOf(composer('phpunit --testsuite unit'));
    assert.deepEqual(coverageTold(one), [
      'PHPUnit @ phpunit.xml:2',
      'composer run-script test -- --coverage-clover coverage.xml @ phpunit.xml:2, composer.json:1',
      'clover coverage.xml',
    ]);
    assert.deepEqual(one.testReports?.map(told), ['build/junit.xml @ phpunit.xml:4']);
    assert.match(coverageTold(await stackOf(composer(['@cs', 'phpunit'])))?.[1] ?? '', /^UNKNOWN/);
    const without = await stackOf({ ...composer('phpunit'), 'phpunit.xml': '<phpunit/>' });
    assert.equal(coverageTold(without), null);
    const written = await stackOf({
      ...composer(['@cs', 'phpunit']),
      'phpunit.xml': '<coverage>\n<report><clover outputFile="build/clover.xml"/></report>\n</coverage>',
    });
    assert.deepEqual(coverageTold(written)?.slice(1), [
      'composer run-script test @ phpunit.xml:1, composer.json:1',
      'clover build/clover.xml',
    ]);
  });
});
