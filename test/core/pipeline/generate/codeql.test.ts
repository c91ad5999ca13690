import assert from 'node:assert/strict';
import { jobsOf } from '../../../support/generated-jobs';

const GRADLE = { 'build.gradle.kts': 'plugins { kotlin("jvm") }\nkotlin { jvmToolchain(21) }\n' };

describe('CodeQL in generated pipelines', () => {
  it('builds Kotlin, with the version that it is written for, and reads Java as it is', async () => {
    const kotlin = await jobsOf({ ...GRADLE, 'src/main/kotlin/A.kt': '' });
    assert.deepEqual(kotlin.jobs['codeql-java'], [
      'actions/checkout',
      'actions/setup-java',
      'gradle/actions/setup-gradle',
      'github/codeql-action/init',
      'github/codeql-action/analyze',
    ]);
    assert.match(kotlin.text, /languages: java-kotlin\n\s+build-mode: autobuild/);
    const java = await jobsOf({ ...GRADLE, 'src/main/java/A.java': '' });
    assert.deepEqual(java.jobs['codeql-java']?.slice(1, 2), ['github/codeql-action/init']);
    assert.match(java.text, /languages: java-kotlin\n\s+build-mode: none/);
  });

  it('leaves languages that it does not read, and says so', async () => {
    const project = '<Project Sdk="Microsoft.NET.Sdk"></Project>';
    const fsharp = await jobsOf({ 'a/A.fsproj': project, 'a/Tide.fs': '' });
    assert.equal(fsharp.jobs['codeql-dotnet'], undefined);
    assert.ok(
      fsharp.notes.includes(
        'CodeQL does not read F# or Visual Basic, so no job scans its code: name a scanner of your own.',
      ),
    );
    const both = await jobsOf({
      'a/A.csproj': project,
      'a/Tide.cs': '',
      'b/B.fsproj': project,
      'b/B.fs': '',
    });
    assert.ok(both.jobs['codeql-dotnet']);
  });
});
