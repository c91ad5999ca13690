import { fact, fileSource, unknown, type Fact, type Known, type Source } from '../fact';
import type { ConfiguredTool, CoverageSetup, PipelinePhase, Stack } from '../profile';
import { findLine, lineSource } from './places';
import { baseOf, folderOf, foldersAbove, inFolder, isInside, type Reading } from './reading';

const GRADLE_FILES = ['build.gradle.kts', 'build.gradle'];
const SETTINGS = /^settings\.gradle(\.kts)?$/;

/** Plugins that make what is run of a module: without one it is a part of another. */
const MAKES_PROGRAM =
  /\bapplication\b|org\.springframework\.boot|libs\.plugins\.spring\.?boot|io\.quarkus|io\.micronaut\.(minimal\.)?application|io\.ktor\.plugin|com\.(github\.johnrengelman|gradleup)\.shadow/i;

/** Reads Maven and Gradle builds: the outermost of each; modules below are built by it. */
export async function readJavaStacks(reading: Reading): Promise<Stack[]> {
  const stacks: Stack[] = [];
  const poms = reading.paths.filter((path) => baseOf(path) === 'pom.xml');
  for (const path of poms) {
    if (
      !poms.some(
        (other) =>
          other !== path && isInside(folderOf(path), folderOf(other)) && folderOf(other) !== folderOf(path),
      )
    ) {
      const stack = await readMaven(reading, path);
      if (stack) stacks.push(stack);
    }
  }
  const builds = reading.paths.filter((path) => GRADLE_FILES.includes(baseOf(path)));
  const settings = reading.paths.filter((path) => SETTINGS.test(baseOf(path)));
  // `gradle init` leaves the root without a build file: its settings then stand for the whole.
  const roots = settings.filter((path) => !builds.some((build) => folderOf(build) === folderOf(path)));
  for (const path of [...builds, ...roots]) {
    const folder = folderOf(path);
    const isModule = foldersAbove(folder)
      .slice(folder === '' ? 0 : 1)
      .some(
        (above) => above !== folder && [...builds, ...settings].some((other) => folderOf(other) === above),
      );
    const hasBoth = poms.some((pom) => folderOf(pom) === folder);
    if (
      isModule ||
      hasBoth ||
      stacks.some((stack) => stack.manifest.value !== path && stack.folder === folder)
    )
      continue;
    const modules = builds.filter(
      (other) =>
        other !== path &&
        isInside(folderOf(other), folder) &&
        folderOf(other) !== folder &&
        // Plugins of the build itself, as they are kept beside the product.
        !/(^|\/)(buildSrc|build-logic|gradle)(\/|$)/.test(folderOf(other)),
    );
    const stack = await readGradle(reading, path, modules);
    if (stack) stacks.push(stack);
  }
  return stacks;
}

async function readMaven(reading: Reading, path: string): Promise<Stack | null> {
  const text = await reading.text(path);
  if (text === null) return null;
  const folder = folderOf(path);
  if (!/<project[\s>]/.test(text)) {
    reading.problem(path, 'is no Maven project');
    return null;
  }
  // What stands in <parent> describes another project.
  const own = blank(blank(text, 'parent'), 'dependencies');
  const name = findLine(own, /<artifactId>\s*([\w.-]{1,200})\s*<\/artifactId>/);
  const version = findLine(own, /<version>\s*([\w.-]{1,100})\s*<\/version>/);
  const wrapper = inFolder(folder, 'mvnw');
  const mvn = reading.has(wrapper) ? './mvnw' : 'mvn';
  const here = fileSource(path);
  const tests = testFile(reading, folder);
  const commands: Partial<Record<PipelinePhase, readonly Fact<string>[]>> = {};
  const plugin = (artifact: string): Source | null =>
    text.includes(`<artifactId>${artifact}</artifactId>`)
      ? lineSource(path, text, new RegExp(`<artifactId>${artifact}</artifactId>`))
      : null;
  const spotless = plugin('spotless-maven-plugin');
  if (spotless) commands.format = [fact(`${mvn} -B spotless:check`, spotless)];
  const checkstyle = plugin('maven-checkstyle-plugin');
  if (checkstyle) commands.lint = [fact(`${mvn} -B checkstyle:check`, checkstyle)];
  if (tests) commands.unit = [fact(`${mvn} -B test`, fileSource(tests))];
  const failsafe = plugin('maven-failsafe-plugin');
  if (failsafe) commands.integration = [fact(`${mvn} -B verify`, failsafe)];
  const jacoco = plugin('jacoco-maven-plugin');
  const hasReport = /<goal>report<\/goal>/.test(text);
  const minimum = findLine(text, /<minimum>\s*(0?\.\d{1,3}|1(?:\.0+)?|\d{1,2}(?:\.\d+)?%)\s*<\/minimum>/);
  commands.build = [fact(`${mvn} -B -DskipTests package`, here)];
  const packaging = /<packaging>\s*(\w+)\s*<\/packaging>/.exec(own)?.[1] ?? 'jar';
  const outputs =
    packaging === 'jar' || packaging === 'war'
      ? [fact(`target/*.${packaging}`, here)]
      : await mavenModuleOutputs(reading, folder);
  const javaVersion = findLine(
    text,
    /<(?:maven\.compiler\.release|java\.version|maven\.compiler\.target|maven\.compiler\.source|release)>\s*(\d{1,2}(?:\.\d+)?)\s*</,
  );
  return {
    language: 'java',
    folder,
    manifest: fact(path, here),
    name: name?.match[1]
      ? fact(name.match[1], fileSource(path, name.range))
      : unknown(`artifactId in ${path}`),
    version: version?.match[1]
      ? fact(version.match[1], fileSource(path, version.range))
      : unknown(`version in ${path}`),
    packageManager: fact('maven', reading.has(wrapper) ? fileSource(wrapper) : here),
    lockFile: null,
    languageVersion: javaVersion?.match[1]
      ? fact(javaVersion.match[1].replace(/^1\./, ''), fileSource(path, javaVersion.range))
      : await toolVersion(reading, folder, path),
    commands,
    isPublished:
      text.includes('<distributionManagement>') || plugin('central-publishing-maven-plugin') !== null,
    ...(outputs.length > 0 ? { outputs } : {}),
    tools: toolsIn(path, text, MAVEN_TOOLS),
    ...(jacoco
      ? {
          coverage: {
            tool: fact('JaCoCo', jacoco),
            command: hasReport
              ? fact(`${mvn} -B verify`, jacoco)
              : fact(`${mvn} -B verify jacoco:report`, jacoco),
            report: fact({ path: 'target/site/jacoco/jacoco.xml', format: 'jacoco' as const }, jacoco),
            threshold: minimum?.match[1]
              ? fact(perCent(minimum.match[1]), fileSource(path, minimum.range))
              : null,
          },
        }
      : {}),
    // Surefire writes them without being told.
    ...(tests ? { testReports: [fact('target/surefire-reports/TEST-*.xml', fileSource(tests))] } : {}),
  };
}

/** Archives of the modules that a plugin makes programs of: the others are parts of these. */
async function mavenModuleOutputs(reading: Reading, folder: string): Promise<readonly Fact<string>[]> {
  const outputs: Fact<string>[] = [];
  const poms = reading.paths.filter(
    (path) => baseOf(path) === 'pom.xml' && isInside(path, folder) && folderOf(path) !== folder,
  );
  for (const path of poms.slice(0, MAX_MODULES)) {
    const text = (await reading.text(path)) ?? '';
    const plugin =
      /<artifactId>(spring-boot|quarkus|micronaut|maven-shade|maven-war|jib)(-maven)?-plugin<\/artifactId>|<packaging>\s*war\s*</;
    const found = findLine(text, plugin);
    const packaging = /<packaging>\s*(\w+)\s*<\/packaging>/.exec(blank(text, 'parent'))?.[1] ?? 'jar';
    if (!found || (packaging !== 'jar' && packaging !== 'war')) continue;
    const at = folder === '' ? folderOf(path) : folderOf(path).slice(folder.length + 1);
    outputs.push(fact(`${at}/target/*.${packaging}`, fileSource(path, found.range)));
  }
  return outputs;
}

type ToolTable = readonly (readonly [RegExp, ConfiguredTool])[];

const MAVEN_TOOLS: ToolTable = [
  [/<artifactId>spotless-maven-plugin</, { name: 'Spotless', does: 'format' }],
  [/<artifactId>maven-checkstyle-plugin</, { name: 'Checkstyle', does: 'lint' }],
  [/<artifactId>maven-pmd-plugin</, { name: 'PMD', does: 'lint' }],
  [/<artifactId>spotbugs-maven-plugin</, { name: 'SpotBugs', does: 'lint' }],
  [/<artifactId>(?:junit-jupiter[\w-]*|junit)</, { name: 'JUnit', does: 'unit' }],
  [/<artifactId>maven-failsafe-plugin</, { name: 'Failsafe', does: 'integration' }],
  [/<groupId>org\.testcontainers</, { name: 'Testcontainers', does: 'integration' }],
  [/<artifactId>jacoco-maven-plugin</, { name: 'JaCoCo', does: 'coverage' }],
  [/<artifactId>dependency-check-maven</, { name: 'OWASP Dependency-Check', does: 'scan' }],
];

const GRADLE_TOOLS: ToolTable = [
  [/com\.diffplug\.spotless/, { name: 'Spotless', does: 'format' }],
  [
    /^\s*(?:id[ (]*['"]checkstyle['"]|checkstyle\s*$|apply plugin: ['"]checkstyle)/,
    { name: 'Checkstyle', does: 'lint' },
  ],
  [/io\.gitlab\.arturbosch\.detekt/, { name: 'detekt', does: 'lint' }],
  [/org\.jlleitschuh\.gradle\.ktlint/, { name: 'ktlint', does: 'lint' }],
  [/junit[-.]jupiter|org\.junit|useJUnitPlatform/, { name: 'JUnit', does: 'unit' }],
  [/org\.testcontainers/, { name: 'Testcontainers', does: 'integration' }],
  [
    /^\s*(?:id[ (]*['"]jacoco['"]|jacoco\s*$|`jacoco`|apply plugin: ['"]jacoco)/,
    { name: 'JaCoCo', does: 'coverage' },
  ],
  [/org\.jetbrains\.kotlinx\.kover/, { name: 'Kover', does: 'coverage' }],
];

function toolsIn(path: string, text: string, table: ToolTable): readonly Fact<ConfiguredTool>[] {
  return table.flatMap(([pattern, tool]) => {
    const found = findLine(text, pattern);
    return found ? [fact(tool, fileSource(path, found.range))] : [];
  });
}

/** `0.80`, `.8` and `80%` are all 80. */
function perCent(text: string): number {
  return Math.round(text.endsWith('%') ? Number.parseFloat(text) : Number.parseFloat(text) * 100);
}

interface GradleFile {
  readonly path: string;
  readonly text: string;
}

async function readGradle(
  reading: Reading,
  path: string,
  modulePaths: readonly string[],
): Promise<Stack | null> {
  const text = await reading.text(path);
  if (text === null) return null;
  const folder = folderOf(path);
  const modules: GradleFile[] = [];
  for (const modulePath of modulePaths.slice(0, MAX_MODULES)) {
    const moduleText = await reading.text(modulePath);
    if (moduleText !== null) modules.push({ path: modulePath, text: moduleText });
  }
  // A plugin may be applied to each module by itself, or by a plugin of the build's own.
  const own: GradleFile[] = [];
  for (const ownPath of reading.paths.filter(
    (other) => isInside(other, folder) && /(^|\/)(buildSrc|build-logic)\/.+\.gradle(\.kts)?$/.test(other),
  )) {
    const ownText = await reading.text(ownPath);
    if (ownText !== null) own.push({ path: ownPath, text: ownText });
  }
  const files = [{ path, text }, ...modules, ...own];
  const isJvm = files.some((file) =>
    /\b(java|java-library|application|org\.springframework\.boot|kotlin\(|org\.jetbrains\.kotlin|com\.android)\b/.test(
      file.text,
    ),
  );
  if (
    !isJvm &&
    !reading.paths.some((file) => isInside(file, folder) && /\/src\/main\/(java|kotlin)\//.test(`/${file}`))
  )
    return null;
  const wrapper = inFolder(folder, 'gradlew');
  const gradle = reading.has(wrapper) ? './gradlew' : 'gradle';
  const here = fileSource(path);
  const commands: Partial<Record<PipelinePhase, readonly Fact<string>[]>> = {};
  const plugin = (pattern: RegExp): Source | null => {
    for (const file of files) {
      const found = findLine(file.text, pattern);
      if (found && !/\bapply\s+false\b/.test(found.match.input)) return fileSource(file.path, found.range);
    }
    return null;
  };
  const spotless = plugin(/com\.diffplug\.spotless|libs\.plugins\.(?:[\w.]*\.)?spotless\b/);
  const ktlint = plugin(/org\.jlleitschuh\.gradle\.ktlint|libs\.plugins\.(?:[\w.]*\.)?ktlint\b/);
  if (!spotless && ktlint) commands.format = [fact(`${gradle} ktlintCheck`, ktlint)];
  if (spotless) commands.format = [fact(`${gradle} spotlessCheck`, spotless)];
  const checkstyle = plugin(/^\s*(?:id[ (]*['"]checkstyle['"]|checkstyle\s*$|apply plugin: ['"]checkstyle)/m);
  const detekt = plugin(/io\.gitlab\.arturbosch\.detekt|dev\.detekt|libs\.plugins\.(?:[\w.]*\.)?detekt\b/);
  if (checkstyle) commands.lint = [fact(`${gradle} checkstyleMain checkstyleTest`, checkstyle)];
  else if (detekt) commands.lint = [fact(`${gradle} detekt`, detekt)];
  const tests = testFile(reading, folder);
  if (tests) commands.unit = [fact(`${gradle} test`, fileSource(tests))];
  const endToEnd = reading.paths.find(
    (file) => isInside(file, folder) && /(^|\/)src\/(integrationTest|e2eTest)\//.test(file),
  );
  const endToEndTask = endToEnd ? /src\/(integrationTest|e2eTest)\//.exec(endToEnd)?.[1] : undefined;
  const endToEndBuild = files.find((file) => endToEndTask !== undefined && file.text.includes(endToEndTask));
  if (endToEndBuild && endToEndTask) {
    commands[endToEndTask === 'e2eTest' ? 'end-to-end' : 'integration'] = [
      fact(
        `${gradle} ${endToEndTask}`,
        lineSource(endToEndBuild.path, endToEndBuild.text, new RegExp(endToEndTask)),
      ),
    ];
  }
  commands.build = [fact(`${gradle} assemble`, here)];
  const tools = files
    .flatMap((file) => toolsIn(file.path, file.text, GRADLE_TOOLS))
    .filter(({ value }, index, all) => all.findIndex((other) => other.value.name === value.name) === index);
  const jacoco = toolsIn(path, text, GRADLE_TOOLS).find(({ value }) => value.name === 'JaCoCo');
  const javaVersion = files
    .map((file) => ({
      file,
      found: findLine(
        file.text,
        /(?:JavaLanguageVersion\.of\(|JavaVersion\.VERSION_|sourceCompatibility\s*=\s*['"]?|jvmToolchain\()(\d{1,2})/,
      ),
    }))
    .find(({ found }) => found !== null);
  const version = findLine(text, /^version\s*=\s*['"]([\w.-]{1,100})['"]/);
  const outputs = gradleOutputs(reading, path, text, modules);
  const settings = ['settings.gradle.kts', 'settings.gradle']
    .map((file) => inFolder(folder, file))
    .find((file) => reading.has(file));
  const settingsText = settings ? await reading.text(settings) : null;
  const name =
    settingsText === null
      ? null
      : findLine(settingsText, /^\s*rootProject\.name\s*=\s*['"]([\w.-]{1,200})['"]/);
  return {
    language: 'java',
    folder,
    manifest: fact(path, here),
    name:
      name?.match[1] && settings
        ? fact(name.match[1], fileSource(settings, name.range))
        : unknown(`rootProject.name in settings.gradle of ${folder || 'the root'}`),
    version: version?.match[1]
      ? fact(version.match[1], fileSource(path, version.range))
      : unknown(`version in ${path}`),
    packageManager: fact('gradle', reading.has(wrapper) ? fileSource(wrapper) : here),
    lockFile: reading.has(inFolder(folder, 'gradle.lockfile'))
      ? fact(inFolder(folder, 'gradle.lockfile'), fileSource(inFolder(folder, 'gradle.lockfile')))
      : null,
    languageVersion: javaVersion?.found?.match[1]
      ? fact(javaVersion.found.match[1], fileSource(javaVersion.file.path, javaVersion.found.range))
      : await toolVersion(reading, folder, path),
    commands,
    isPublished: files.some((file) =>
      /maven-publish|libs\.plugins\.(?:[\w.]*\.)?maven\.?[pP]ublish/.test(file.text),
    ),
    ...(outputs.length > 0 ? { outputs } : {}),
    tools,
    ...(jacoco ? { coverage: gradleCoverage(gradle, path, text, jacoco) } : {}),
    ...(tests ? { testReports: [fact('build/test-results/test/TEST-*.xml', fileSource(tests))] } : {}),
  };
}

/** Where the programs' archives stand: of each module that makes one, else of a build that has one module. */
function gradleOutputs(
  reading: Reading,
  path: string,
  text: string,
  modules: readonly GradleFile[],
): readonly Fact<string>[] {
  const folder = folderOf(path);
  const programs = modules.filter(
    (file) =>
      // Android's archives are another kind, and signing them is nothing that a build file tells.
      !/com\.android\.|libs\.plugins\.android/.test(file.text) &&
      file.text.split('\n').some((line) => MAKES_PROGRAM.test(line) && !/\bapply\s+false\b/.test(line)),
  );
  if (programs.length > 0) {
    return programs.map((file) => {
      const at = folder === '' ? folderOf(file.path) : folderOf(file.path).slice(folder.length + 1);
      return fact(`${at}/build/libs/*.jar`, lineSource(file.path, file.text, MAKES_PROGRAM));
    });
  }
  const hasSources = reading.paths.some((file) => isInside(file, inFolder(folder, 'src/main')));
  return modules.length === 0 || (hasSources && !SETTINGS.test(baseOf(path)) && text !== '')
    ? [fact('build/libs/*.jar', fileSource(path))]
    : [];
}

/** Modules of one build that are read; more than these add nothing that the first do not show. */
const MAX_MODULES = 60;

/** Its XML report is off until a build script switches it on. */
function gradleCoverage(
  gradle: string,
  path: string,
  text: string,
  jacoco: Fact<ConfiguredTool>,
): CoverageSetup {
  const xml = findLine(
    text,
    /\bxml\.(?:required|enabled|isEnabled)(?:\.set\(|\s*=\s*)true|\bxml\.required\s*=\s*true/,
  );
  const minimum = findLine(text, /\bminimum\s*=\s*["']?(0?\.\d{1,3})/);
  return {
    tool: fact('JaCoCo', ...jacoco.sources),
    command: fact(`${gradle} test jacocoTestReport`, ...jacoco.sources),
    report: xml
      ? fact(
          { path: 'build/reports/jacoco/test/jacocoTestReport.xml', format: 'jacoco' },
          fileSource(path, xml.range),
        )
      : unknown(`coverage report that a program can read: ${path} does not switch reports.xml on`),
    threshold: minimum?.match[1] ? fact(perCent(minimum.match[1]), fileSource(path, minimum.range)) : null,
  };
}

async function toolVersion(reading: Reading, folder: string, manifest: string): Promise<Known<string>> {
  const path = inFolder(folder, '.java-version');
  const text = reading.has(path) ? await reading.text(path) : null;
  const found = text === null ? null : findLine(text, /^(?:\D{0,20}-)?(\d{1,2})\b/);
  return found?.match[1]
    ? fact(found.match[1], fileSource(path, found.range))
    : unknown(`Java version of ${manifest}`);
}

function testFile(reading: Reading, folder: string): string | undefined {
  return reading.paths.find(
    (file) =>
      isInside(file, folder) && /(^|\/)src\/test\/(java|kotlin|groovy)\/.+\.(java|kt|groovy)$/.test(file),
  );
}

/** The text with every element of that name emptied of all but its line breaks, so that places stay what they are. */
function blank(text: string, element: string): string {
  let result = text;
  for (let from = 0; ;) {
    const start = result.indexOf(`<${element}>`, from);
    const end = start < 0 ? -1 : result.indexOf(`</${element}>`, start);
    if (start < 0 || end < 0) return result;
    result = result.slice(0, start) + result.slice(start, end).replace(/[^\r\n]/g, ' ') + result.slice(end);
    from = end + 1;
  }
}
