import assert from 'node:assert/strict';
import { jobsOf } from '../../../../support/generated-jobs';

const XUNIT = '<ItemGroup><PackageReference Include="xunit" /></ItemGroup>';

describe('setup of .NET in generated pipelines', () => {
  it('takes the pinned SDK, the tools and the locked packages, with a cache where nothing ships', async () => {
    const { jobs, text } = await jobsOf({
      'Ferry.slnx':
        '<Solution><Project Path="api/Api.csproj" /><Project Path="test/Tests.csproj" /></Solution>',
      'global.json': '{"sdk":{"version":"9.0.101"}}',
      '.config/dotnet-tools.json': '{"tools":{"csharpier":{"version":"0.30.1"}}}',
      'api/Api.csproj':
        '<Project Sdk="Microsoft.NET.Sdk.Web">\n<PropertyGroup>\n<TargetFramework>net9.0</TargetFramework>\n</PropertyGroup>\n</Project>',
      'api/packages.lock.json': '{}',
      'test/Tests.csproj': `<Project Sdk="Microsoft.NET.Sdk">${XUNIT}</Project>`,
    });
    assert.deepEqual(jobs['unit']?.slice(1), [
      'actions/setup-dotnet',
      'dotnet tool restore',
      'dotnet restore Ferry.slnx --locked-mode',
      'dotnet test --configuration Release --no-restore',
    ]);
    assert.deepEqual(jobs['quality']?.slice(-1), ['dotnet csharpier --check .']);
    assert.match(text, /global-json-file: global\.json\n\s+cache: true/);
    const build = text.slice(text.indexOf('\n  build:'));
    assert.ok(!build.includes('cache: true'), 'the job that builds what ships takes nothing from a cache');
    assert.match(text, /languages: csharp\n\s+build-mode: none/);
  });

  it('installs an SDK for each framework, and says that packages are not locked', async () => {
    const { text, notes } = await jobsOf({
      'lib/Knots.csproj':
        '<Project Sdk="Microsoft.NET.Sdk">\n<PropertyGroup>\n<TargetFrameworks>net8.0;net9.0</TargetFrameworks>\n</PropertyGroup>\n</Project>',
    });
    assert.match(text, /dotnet-version: \|-\n\s+8\.0\.x\n\s+9\.0\.x\n/);
    assert.ok(
      notes.includes(
        'lib/Knots.csproj has no lock file (RestorePackagesWithLockFile), so two builds of one commit may differ.',
      ),
    );
  });
});
