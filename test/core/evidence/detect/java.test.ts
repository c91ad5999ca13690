import assert from 'node:assert/strict';
import { profileOf } from '../../../support/generated-pipeline';
import { commandsTold, told } from '../../../support/told-profile';

describe('profile of a Java or Kotlin repository', () => {
  it('reads a build whose root has settings only, with plugins of the catalog and of the build itself', async () => {
    const profile = await profileOf({
      'settings.gradle.kts': 'rootProject.name = "harbour"\ninclude("app", "core", "mobile")\n',
      gradlew: '',
      'app/build.gradle.kts': 'plugins {\n  id("harbour.kotlin")\n  application\n}\n',
      'core/build.gradle.kts': 'plugins {\n  id("harbour.kotlin")\n}\n',
      'mobile/build.gradle.kts': 'plugins {\n  id("com.android.application")\n}\n',
      'build-logic/src/main/kotlin/harbour.kotlin.gradle.kts':
        'plugins {\n  kotlin("jvm")\n  alias(libs.plugins.spotless)\n}\nkotlin {\n  jvmToolchain(21)\n}\n',
      'build-logic/build.gradle.kts': 'plugins { `kotlin-dsl` }\n',
      'build-logic/settings.gradle.kts': '',
      'core/src/test/kotlin/TideTest.kt': '',
    });
    const [stack, ...others] = profile.stacks;
    assert.deepEqual(others, []);
    assert.deepEqual(commandsTold(stack), {
      format: ['./gradlew spotlessCheck @ build-logic/src/main/kotlin/harbour.kotlin.gradle.kts:3'],
      unit: ['./gradlew test @ core/src/test/kotlin/TideTest.kt'],
      build: ['./gradlew assemble @ settings.gradle.kts'],
    });
    assert.equal(told(stack?.name), 'harbour @ settings.gradle.kts:1');
    assert.equal(
      told(stack?.languageVersion),
      '21 @ build-logic/src/main/kotlin/harbour.kotlin.gradle.kts:6',
    );
    assert.deepEqual(stack?.outputs?.map(told), ['app/build/libs/*.jar @ app/build.gradle.kts:3']);
  });

  it('takes a plugin that the root only declares as not applied', async () => {
    const profile = await profileOf({
      'settings.gradle': "rootProject.name = 'quay'\n",
      'build.gradle': "plugins {\n  id 'com.diffplug.spotless' version '7.0.0' apply false\n  id 'java'\n}\n",
      'src/main/java/Quay.java': '',
    });
    assert.deepEqual(commandsTold(profile.stacks[0]), { build: ['gradle assemble @ build.gradle'] });
    assert.deepEqual(profile.stacks[0]?.outputs?.map(told), ['build/libs/*.jar @ build.gradle']);
  });

  it('takes the archives of the modules that are programs', async () => {
    const pom = (packaging: string, more = ''): string =>
      `<project>\n<artifactId>a</artifactId>\n<version>1.0.0</version>\n<packaging>${packaging}</packaging>\n${more}\n</project>\n`;
    const profile = await profileOf({
      'pom.xml': pom('pom'),
      'domain/pom.xml': pom('jar'),
      'service/pom.xml': pom('jar', '<plugin><artifactId>spring-boot-maven-plugin</artifactId></plugin>'),
      'site/pom.xml': pom('war'),
    });
    assert.deepEqual(profile.stacks[0]?.outputs?.map(told), [
      'service/target/*.jar @ service/pom.xml:5',
      'site/target/*.war @ site/pom.xml:4',
    ]);
  });
});
