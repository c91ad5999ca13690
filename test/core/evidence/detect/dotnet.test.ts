import assert from 'node:assert/strict';
import { profileOf } from '../../../support/generated-pipeline';
import { commandsTold, stackIn, told } from '../../../support/told-profile';

const project = (sdk: string, properties: string, items = ''): string =>
  `<Project Sdk="${sdk}">\n  <PropertyGroup>\n    ${properties}\n  </PropertyGroup>\n  <ItemGroup>${items}</ItemGroup>\n</Project>\n`;
const NET8 = '<TargetFramework>net8.0</TargetFramework>';
const XUNIT = '<PackageReference Include="xunit" Version="2.9.2" />';
const solution = (...paths: string[]): string =>
  paths
    .map((path, index) => `Project("{9A19}") = "P${index}", "${path}", "{${index}}"\nEndProject`)
    .join('\n');

describe('profile of a .NET repository', () => {
  it('reads a solution with its programs, tests by kind, SDK, lock files and shared properties', async () => {
    const profile = await profileOf({
      'Ferry.sln': solution(
        'src\\Ferry.Api\\Ferry.Api.csproj',
        'src\\Ferry.Worker\\Ferry.Worker.csproj',
        'src\\Ferry.AppHost\\Ferry.AppHost.csproj',
        'tests\\Ferry.Tests\\Ferry.Tests.csproj',
        'tests\\Ferry.IntegrationTests\\Ferry.IntegrationTests.csproj',
        'tests\\Ferry.E2E.Tests\\Ferry.E2E.Tests.csproj',
      ),
      'Directory.Build.props':
        '<Project>\n<PropertyGroup>\n<TargetFramework>net9.0</TargetFramework>\n<Version>3.2.0</Version>\n</PropertyGroup>\n</Project>\n',
      'global.json': '{\n  "sdk": { "version": "9.0.101" }\n}\n',
      '.editorconfig': '[*.cs]\ncsharp_style_namespace_declarations = file_scoped:error\n',
      'src/Ferry.Api/Ferry.Api.csproj': '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>',
      'src/Ferry.Api/packages.lock.json': '{}',
      'src/Ferry.Worker/Ferry.Worker.csproj': '<Project Sdk="Microsoft.NET.Sdk.Worker"></Project>',
      'src/Ferry.AppHost/Ferry.AppHost.csproj': project('Microsoft.NET.Sdk', '<OutputType>Exe</OutputType>'),
      'tests/Ferry.Tests/Ferry.Tests.csproj': project(
        'Microsoft.NET.Sdk',
        '<IsPackable>false</IsPackable>',
        XUNIT,
      ),
      'tests/Ferry.IntegrationTests/Ferry.IntegrationTests.csproj': project(
        'Microsoft.NET.Sdk',
        '<IsTestProject>true</IsTestProject>',
      ),
      'tests/Ferry.E2E.Tests/Ferry.E2E.Tests.csproj': project(
        'Microsoft.NET.Sdk',
        '',
        '<PackageReference Include="MSTest" />',
      ),
    });
    assert.equal(profile.stacks.length, 1);
    const root = stackIn(profile, '');
    const test = (name: string): string =>
      `dotnet test tests/${name}/${name}.csproj --configuration Release --no-restore`;
    assert.deepEqual(commandsTold(root), {
      format: ['dotnet format --verify-no-changes --no-restore @ .editorconfig:2'],
      unit: [`${test('Ferry.Tests')} @ tests/Ferry.Tests/Ferry.Tests.csproj:3`],
      integration: [
        `${test('Ferry.IntegrationTests')} @ tests/Ferry.IntegrationTests/Ferry.IntegrationTests.csproj:3`,
      ],
      'end-to-end': [`${test('Ferry.E2E.Tests')} @ tests/Ferry.E2E.Tests/Ferry.E2E.Tests.csproj:5`],
      build: [
        'dotnet publish src/Ferry.Api/Ferry.Api.csproj --configuration Release --no-restore --output publish/Ferry.Api && ' +
          'dotnet publish src/Ferry.Worker/Ferry.Worker.csproj --configuration Release --no-restore --output publish/Ferry.Worker' +
          ' @ src/Ferry.Api/Ferry.Api.csproj, src/Ferry.Worker/Ferry.Worker.csproj',
      ],
    });
    assert.equal(told(root?.version), '3.2.0 @ Directory.Build.props:4');
    assert.equal(told(root?.languageVersion), '9.0.101 @ global.json:2');
    assert.equal(told(root?.lockFile), 'src/Ferry.Api/packages.lock.json @ src/Ferry.Api/packages.lock.json');
    assert.equal(root?.isPublished, false);
  });

  it('reads an XML solution of a package, and names the file where a folder has several', async () => {
    const profile = await profileOf({
      'Knots.slnx':
        '<Solution>\n<Project Path="src/Knots/Knots.csproj" />\n<Project Path="test/Knots.Tests.fsproj" />\n</Solution>',
      'Knots.Docs.csproj': project('Microsoft.NET.Sdk', NET8),
      'src/Knots/Knots.csproj': project(
        'Microsoft.NET.Sdk',
        '<TargetFrameworks>netstandard2.0;net8.0;net9.0</TargetFrameworks>\n    <PackageId>Harbour.Knots</PackageId>\n    <VersionPrefix>1.2.0</VersionPrefix>',
      ),
      'test/Knots.Tests.fsproj': project('Microsoft.NET.Sdk', NET8, XUNIT),
      'dotnet-tools.json': '{"tools":{"csharpier":{"version":"1.0.1"}}}',
    });
    const [stack, ...others] = profile.stacks;
    assert.deepEqual(others, [], 'a project beside a solution that does not hold it is not built');
    assert.deepEqual(commandsTold(stack), {
      format: ['dotnet csharpier check . @ dotnet-tools.json:1'],
      unit: ['dotnet test Knots.slnx --configuration Release --no-restore @ test/Knots.Tests.fsproj:5'],
      build: [
        'dotnet pack Knots.slnx --configuration Release --no-restore --output artifacts @ src/Knots/Knots.csproj:4',
      ],
    });
    assert.equal(told(stack?.name), 'Harbour.Knots @ src/Knots/Knots.csproj:4');
    assert.equal(told(stack?.version), '1.2.0 @ src/Knots/Knots.csproj:5');
    assert.equal(
      told(stack?.languageVersion),
      '8.0.x, 9.0.x @ src/Knots/Knots.csproj:3, src/Knots/Knots.csproj:3',
    );
    assert.equal(stack?.isPublished, true);
    assert.deepEqual(stack?.outputs?.map(told), ['artifacts/*.nupkg @ src/Knots/Knots.csproj:4']);
  });

  it('reads a project without a solution, and asks the new test platform by its options', async () => {
    const profile = await profileOf({
      'api/Api.csproj': project('Microsoft.NET.Sdk.Web', NET8),
      'tests/Api.Tests.csproj': project('Microsoft.NET.Sdk', NET8, XUNIT),
      'tests/Other.csproj': project('Microsoft.NET.Sdk', `${NET8}<IsTestProject>true</IsTestProject>`),
      'global.json': '{"test":{"runner":"Microsoft.Testing.Platform"}}',
    });
    assert.deepEqual(
      profile.stacks.map((stack) => [stack.manifest.value, stack.commands.unit?.[0]?.value ?? null]),
      [
        ['api/Api.csproj', null],
        [
          'tests/Api.Tests.csproj',
          'dotnet test --project Api.Tests.csproj --configuration Release --no-restore',
        ],
      ],
    );
    assert.equal(profile.problems?.[0]?.path, 'tests/Other.csproj');
    assert.equal(told(stackIn(profile, 'api')?.languageVersion), '8.0.x @ api/Api.csproj:3');
  });

  it('tests a project of both frameworks for the one that Linux runs', async () => {
    const profile = await profileOf({
      'Knots.slnx': '<Project Path="Knots.Tests/Knots.Tests.csproj" />',
      'Knots.Tests/Knots.Tests.csproj': project(
        'Microsoft.NET.Sdk',
        '<TargetFrameworks>net48;net8.0;net10.0</TargetFrameworks>',
        XUNIT,
      ),
    });
    assert.equal(
      profile.stacks[0]?.commands.unit?.[0]?.value,
      'dotnet test Knots.Tests/Knots.Tests.csproj --configuration Release --no-restore --framework net10.0',
    );
  });

  it('says what no job on Linux builds, and builds the rest by itself', async () => {
    const profile = await profileOf({
      'Dock.sln': solution(
        'Dock.Core\\Dock.Core.csproj',
        'Dock.Ui\\Dock.Ui.csproj',
        'Dock.Tests\\Dock.Tests.csproj',
        '..\\outside.csproj',
      ),
      'Dock.Core/Dock.Core.csproj': project('Microsoft.NET.Sdk', NET8),
      'Dock.Ui/Dock.Ui.csproj': project(
        'Microsoft.NET.Sdk',
        '<TargetFramework>net8.0-windows</TargetFramework>',
      ),
      'Dock.Tests/Dock.Tests.csproj': project('Microsoft.NET.Sdk', NET8, XUNIT),
      'old/Old.csproj':
        '<Project ToolsVersion="15.0" xmlns="http://schemas.microsoft.com/developer/msbuild/2003">\n</Project>',
    });
    assert.deepEqual(commandsTold(profile.stacks[0]), {
      unit: [
        'dotnet test Dock.Tests/Dock.Tests.csproj --configuration Release --no-restore @ Dock.Tests/Dock.Tests.csproj:5',
      ],
    });
    assert.deepEqual(
      profile.problems?.map(({ path, message }) => `${path} ${message}`),
      [
        'old/Old.csproj is for the .NET Framework, which the pipeline does not build',
        'Dock.Ui/Dock.Ui.csproj builds on Windows only, and no job here does',
      ],
    );
  });
});
