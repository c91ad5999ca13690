import { fact, fileSource, unknown, type Fact, type Known, type Source } from '../fact';
import type { CoverageSetup, PipelinePhase, Stack, TestService } from '../profile';
import { namedTools, type NamedTool } from './named-tools';
import { findLine, findLines } from './places';
import { baseOf, folderOf, inFolder, isInside, type Reading } from './reading';
import { isPlainText, shellWord } from './shell-text';
import { readTargetCommands } from './task-targets';

/** What the files of one Ruby project say. */
interface RubyFacts {
  readonly folder: string;
  readonly gemfile: string | null;
  readonly gemspec: { readonly path: string; readonly text: string } | null;
  /** Gems that Gemfile, gemspec or lock file name, each with its place; the lock file's only where no other has it. */
  readonly gems: ReadonlyMap<string, Source>;
  readonly rakefile: { readonly path: string; readonly text: string } | null;
  /** `config/application.rb` of a Rails application. */
  readonly rails: string | null;
}

const TOOLS: readonly NamedTool[] = [
  [/^rubocop/, { name: 'RuboCop', does: 'lint' }],
  [/^standard$/, { name: 'Standard', does: 'lint' }],
  [/^haml_lint$/, { name: 'HAML-Lint', does: 'lint' }],
  [/^erb_lint$/, { name: 'ERB Lint', does: 'lint' }],
  [/^sorbet$/, { name: 'Sorbet', does: 'type-check' }],
  [/^steep$/, { name: 'Steep', does: 'type-check' }],
  [/^rspec(-core|-rails)?$/, { name: 'RSpec', does: 'unit' }],
  [/^minitest$/, { name: 'Minitest', does: 'unit' }],
  [/^cucumber(-rails)?$/, { name: 'Cucumber', does: 'end-to-end' }],
  [/^capybara$/, { name: 'Capybara', does: 'end-to-end' }],
  [/^simplecov$/, { name: 'SimpleCov', does: 'coverage' }],
  [/^brakeman$/, { name: 'Brakeman', does: 'scan' }],
  [/^bundler-audit$/, { name: 'bundler-audit', does: 'scan' }],
];

/** Specs of these folders drive a browser, so that they run after the others and by themselves. */
const BROWSER_SPECS = ['system', 'features'];

/** Reads Ruby projects: a folder with a Gemfile or a gemspec. A tool counts where it is configured or depended on. */
export async function readRubyStacks(reading: Reading): Promise<Stack[]> {
  const folders = new Set(
    reading.paths
      .filter((path) => /^(Gemfile|gems\.rb)$|\.gemspec$/.test(baseOf(path)))
      .map(folderOf)
      // A documentation site's Gemfile builds documentation, and `gemfiles` holds other sets of the same gems.
      .filter((folder) => !/(^|\/)(docs?|site|website|gemfiles|\.github)$/.test(folder)),
  );
  const stacks: Stack[] = [];
  for (const folder of [...folders].sort()) {
    const facts = await readFacts(reading, folder);
    // What only builds a mobile application's release is no product of its own.
    const isForMobile =
      (facts.gems.has('fastlane') || facts.gems.has('cocoapods')) && !facts.gemspec && !facts.rakefile;
    if (!isForMobile) stacks.push(await stackOf(reading, facts));
  }
  return stacks;
}

async function readFacts(reading: Reading, folder: string): Promise<RubyFacts> {
  const at = (name: string): string => inFolder(folder, name);
  const gems = new Map<string, Source>();
  const gemfile = ['Gemfile', 'gems.rb'].map(at).find((path) => reading.has(path)) ?? null;
  const [gemspecPath] = reading.paths.filter(
    (path) => folderOf(path) === folder && path.endsWith('.gemspec'),
  );
  const gemspecText = gemspecPath === undefined ? null : await reading.text(gemspecPath);
  const lock = lockOf(reading, folder);
  const collect = async (path: string | null | undefined, pattern: RegExp): Promise<void> => {
    const text = path ? await reading.text(path) : null;
    if (!path || text === null) return;
    for (const { match, range } of findLines(text, pattern)) {
      const gem = match[1];
      if (gem && !gems.has(gem)) gems.set(gem, fileSource(path, range));
    }
  };
  await collect(gemfile, /^\s*gem[\s(]+["']([\w.-]{1,100})["']/);
  await collect(gemspecPath, /\.add_(?:development_|runtime_)?dependency[\s(]+["']([\w.-]{1,100})["']/);
  await readPlatforms(reading, lock);
  await collect(lock, /^ {4}([\w.-]{1,100}) \(/);
  const rakefilePath = ['Rakefile', 'rakefile.rb', 'rakefile'].map(at).find((path) => reading.has(path));
  const rakefileText = rakefilePath === undefined ? null : await reading.text(rakefilePath);
  const application = at('config/application.rb');
  return {
    folder,
    gemfile,
    gemspec:
      gemspecPath !== undefined && gemspecText !== null ? { path: gemspecPath, text: gemspecText } : null,
    gems,
    rakefile:
      rakefilePath !== undefined && rakefileText !== null ? { path: rakefilePath, text: rakefileText } : null,
    rails: reading.has(application) && gems.has('rails') ? application : null,
  };
}

/** A lock file that was only ever written on other systems: Bundler then refuses to install from it on Linux. */
async function readPlatforms(reading: Reading, lock: string | null): Promise<void> {
  const text = lock === null ? null : await reading.text(lock);
  const platforms = text === null ? null : /^PLATFORMS\r?\n((?: {2}\S+\r?\n)+)/m.exec(text)?.[1];
  if (lock === null || !platforms || /^ {2}(ruby|.*linux.*)\r?$/m.test(platforms)) return;
  reading.problem(
    lock,
    'names no platform of Linux, so that its gems are not installed on a runner: bundle lock --add-platform x86_64-linux',
  );
}

async function stackOf(reading: Reading, facts: RubyFacts): Promise<Stack> {
  const { folder, gemfile, gemspec, rails } = facts;
  const manifest = gemfile ?? gemspec?.path ?? inFolder(folder, 'Gemfile');
  const lock = lockOf(reading, folder);
  const gemName = gemspec ? findLine(gemspec.text, /\.name\s*=\s*["']([\w.-]{1,100})["']/) : null;
  const registry = gemspec
    ? findLine(gemspec.text, /allowed_push_host["']\]\s*=\s*["'](https?:\/\/[^"'\s]{1,200})["']/)
    : null;
  const elsewhere =
    registry?.match[1] && !/^https:\/\/rubygems\.org\/?$/.test(registry.match[1]) ? registry : null;
  const services = await servicesOf(reading, facts);
  const commands = await commandsOf(reading, facts);
  const tools = namedTools(facts.gems, TOOLS);
  const coverage = await coverageOf(reading, facts, commands.unit?.[0]);
  const testReports = await testReportsOf(reading, facts);
  const packed = /\brake build$/.test(commands.build?.[0]?.value ?? '') ? 'pkg/*.gem' : '*.gem';
  return {
    language: 'ruby',
    folder,
    manifest: fact(manifest, fileSource(manifest)),
    name:
      gemName?.match[1] && gemspec
        ? fact(gemName.match[1], fileSource(gemspec.path, gemName.range))
        : unknown(`name of the project of ${manifest}`),
    version: await versionOf(reading, facts, gemName?.match[1] ?? null),
    packageManager: fact('bundler', fileSource(lock ?? manifest)),
    lockFile: lock ? fact(lock, fileSource(lock)) : null,
    languageVersion: await rubyVersion(reading, facts, manifest),
    commands,
    isPublished: gemspec !== null && rails === null && !reading.has(inFolder(folder, 'Dockerfile')),
    ...(elsewhere?.match[1] && gemspec
      ? { registry: fact(elsewhere.match[1], fileSource(gemspec.path, elsewhere.range)) }
      : {}),
    ...(commands.build && gemspec
      ? { outputs: [fact(packed, ...commands.build.flatMap((build) => build.sources))] }
      : {}),
    ...(services.length > 0 ? { services } : {}),
    ...(tools.length > 0 ? { tools } : {}),
    ...(coverage ? { coverage } : {}),
    ...(testReports.length > 0 ? { testReports } : {}),
  };
}

/** SimpleCov measures whenever a helper starts it; a report that others read is a formatter's, a gem of its own. */
async function coverageOf(
  reading: Reading,
  { folder, gems }: RubyFacts,
  unit: Fact<string> | undefined,
): Promise<CoverageSetup | null> {
  if (!gems.has('simplecov')) return null;
  for (const name of ['.simplecov', 'spec/spec_helper.rb', 'spec/rails_helper.rb', 'test/test_helper.rb']) {
    const path = inFolder(folder, name);
    const text = reading.has(path) ? await reading.text(path) : null;
    const started = text === null ? null : findLine(text, /^\s*SimpleCov\.start\b/);
    if (text === null || !started) continue;
    const source = fileSource(path, started.range);
    const formatter = findLine(text, /(Cobertura|Lcov)Formatter/);
    const minimum = findLine(
      text,
      /^\s*(?:SimpleCov\.)?minimum_coverage(?:\s*\(|\s+)\s*(?:line:\s*)?(\d{1,3})\b/,
    );
    return {
      tool: fact('SimpleCov', source),
      command: unit
        ? fact(unit.value, source, ...unit.sources)
        : unknown(`command that measures the coverage${folder === '' ? '' : ` of ${folder}`}`),
      report:
        formatter?.match[1] === 'Cobertura' && gems.has('simplecov-cobertura')
          ? fact({ path: 'coverage/coverage.xml', format: 'cobertura' }, fileSource(path, formatter.range))
          : unknown(
              `coverage report that a program can read: ${path} names no formatter such as Cobertura's`,
            ),
      threshold: minimum?.match[1] ? fact(Number(minimum.match[1]), fileSource(path, minimum.range)) : null,
    };
  }
  return null;
}

/** Where `.rspec` has RSpec's JUnit formatter write. */
async function testReportsOf(
  reading: Reading,
  { folder, gems }: RubyFacts,
): Promise<readonly Fact<string>[]> {
  const path = inFolder(folder, '.rspec');
  const text = gems.has('rspec_junit_formatter') && reading.has(path) ? await reading.text(path) : null;
  const out = text === null ? null : findLine(text, /^\s*--out[= ]([\w][\w./-]{0,200})\s*$/);
  return out?.match[1] && /RspecJunitFormatter/.test(text ?? '')
    ? [fact(out.match[1], fileSource(path, out.range))]
    : [];
}

async function commandsOf(reading: Reading, facts: RubyFacts): Promise<Stack['commands']> {
  const { folder, gems, gemspec, rakefile, rails } = facts;
  const at = (name: string): string => inFolder(folder, name);
  const configured = (gem: string, ...files: readonly string[]): Source | null => {
    const file = files.map(at).find((path) => reading.has(path));
    return file ? fileSource(file) : (gems.get(gem) ?? null);
  };
  const commands: Partial<Record<PipelinePhase, Fact<string>[]>> = {};
  const add = (phase: PipelinePhase, command: string, source: Source | null): void => {
    if (source) commands[phase] = [...(commands[phase] ?? []), fact(command, source)];
  };
  const has = (pattern: RegExp): boolean => [...gems.keys()].some((gem) => pattern.test(gem));

  if (has(/^rubocop/)) add('lint', 'bundle exec rubocop', configured('rubocop', '.rubocop.yml'));
  // Standard brings RuboCop with it; what the Gemfile names is what people run.
  else add('lint', 'bundle exec standardrb', configured('standard', '.standard.yml'));
  if (has(/^haml_lint$/)) add('lint', 'bundle exec haml-lint', configured('haml_lint', '.haml-lint.yml'));
  if (has(/^erb_lint$/))
    add('lint', 'bundle exec erb_lint --lint-all', configured('erb_lint', '.erb_lint.yml', '.erb-lint.yml'));
  if (reading.has(at('sorbet/config')))
    add('type-check', 'bundle exec srb tc', fileSource(at('sorbet/config')));
  if (reading.has(at('Steepfile')) && has(/^steep$/))
    add('type-check', 'bundle exec steep check', fileSource(at('Steepfile')));

  const first = (pattern: RegExp): string | undefined =>
    reading.paths.find(
      (path) => isInside(path, folder) && pattern.test(folder === '' ? path : path.slice(folder.length + 1)),
    );
  const database = rails ? at('config/database.yml') : null;
  const prepares = database !== null && reading.has(database);
  const prepared = (command: string): string =>
    prepares ? `RAILS_ENV="test" bin/rails db:test:prepare && ${command}` : command;
  if (has(/^rspec(-core|-rails)?$/)) {
    const browser = BROWSER_SPECS.filter((name) => first(new RegExp(`^spec/${name}/.+_spec\\.rb$`)));
    const integration = first(/^spec\/integration\/.+_spec\.rb$/);
    const special = [...browser, ...(integration ? ['integration'] : [])];
    const other = reading.paths.find((path) => {
      const inside = isInside(path, folder) ? path.slice(folder === '' ? 0 : folder.length + 1) : '';
      return /^spec\/.+_spec\.rb$/.test(inside) && !special.includes(inside.split('/')[1] ?? '');
    });
    const excluded =
      special.length === 0
        ? ''
        : ` --exclude-pattern 'spec/${special.length === 1 ? special[0] : `{${special.join(',')}}`}/**/*_spec.rb'`;
    if (other) add('unit', prepared(`bundle exec rspec${excluded}`), fileSource(other));
    if (integration)
      add('integration', prepared('bundle exec rspec spec/integration'), fileSource(integration));
    for (const name of browser) {
      const spec = first(new RegExp(`^spec/${name}/.+_spec\\.rb$`));
      if (spec) add('end-to-end', prepared(`bundle exec rspec spec/${name}`), fileSource(spec));
    }
  } else if (rails) {
    const test = first(/^test\/(?!system\/).+_test\.rb$/);
    const system = first(/^test\/system\/.+_test\.rb$/);
    const task = prepares ? 'bin/rails db:test:prepare' : 'bin/rails';
    if (test) add('unit', `RAILS_ENV="test" ${task} test`, fileSource(test));
    if (system) add('end-to-end', `RAILS_ENV="test" ${task} test:system`, fileSource(system));
  } else if (rakefile) {
    const task = findLine(rakefile.text, /\b(?:Minitest|Rake)::TestTask\.(?:create|new)\b(?:\(\s*:(\w+))?/);
    if (task && first(/^(test|tests)\/.+\.rb$/))
      add('unit', `bundle exec rake ${task.match[1] ?? 'test'}`, fileSource(rakefile.path, task.range));
  }
  if (has(/^cucumber(-rails)?$/)) {
    const feature = first(/^features\/.+\.feature$/);
    if (feature) add('end-to-end', prepared('bundle exec cucumber'), fileSource(feature));
  }
  add('scan', 'bundle exec brakeman --no-pager', gems.get('brakeman') ?? null);
  add('scan', 'bundle exec bundle-audit check --update', gems.get('bundler-audit') ?? null);
  if (reading.has(at('bin/importmap')) && reading.has(at('config/importmap.rb')))
    add('scan', 'bin/importmap audit', fileSource(at('config/importmap.rb')));
  if (gemspec && !rails) {
    const tasks = rakefile
      ? findLine(rakefile.text, /["']bundler\/gem_tasks["']|Bundler::GemHelper\.install_tasks/)
      : null;
    if (tasks && rakefile) add('build', 'bundle exec rake build', fileSource(rakefile.path, tasks.range));
    else add('build', `gem build ${shellWord(baseOf(gemspec.path))}`, fileSource(gemspec.path));
  }
  return { ...commands, ...(await readTargetCommands(reading, folder, /\b(bundle|rake|rails|rspec)\b/)) };
}

/** The database that tests of a Rails application talk to, as `config/database.yml` names its adapter. */
async function servicesOf(
  reading: Reading,
  { folder, rails }: RubyFacts,
): Promise<readonly Fact<TestService>[]> {
  const path = inFolder(folder, 'config/database.yml');
  const text = rails && reading.has(path) ? await reading.text(path) : null;
  const adapter =
    text === null ? null : findLine(text, /^\s*adapter:\s*["']?(postgresql|postgis|mysql2|trilogy)\b/);
  switch (adapter?.match[1]) {
    case 'postgresql':
    case 'postgis':
      return [fact('postgresql', fileSource(path, adapter.range))];
    case 'mysql2':
    case 'trilogy':
      return [fact(adapter.match[1], fileSource(path, adapter.range))];
    default:
      return [];
  }
}

function lockOf(reading: Reading, folder: string): string | null {
  return (
    ['Gemfile.lock', 'gems.locked'].map((name) => inFolder(folder, name)).find((path) => reading.has(path)) ??
    null
  );
}

/** The gemspec's own version, or the constant of the file that it takes it from. */
async function versionOf(
  reading: Reading,
  { folder, gemspec }: RubyFacts,
  name: string | null,
): Promise<Known<string>> {
  const needed = unknown(`version of the project${folder === '' ? '' : ` in ${folder}`}`);
  if (!gemspec) return needed;
  const own = findLine(gemspec.text, /\.version\s*=\s*["'](\d[\w.-]{0,60})["']/);
  if (own?.match[1]) return fact(own.match[1], fileSource(gemspec.path, own.range));
  const candidates = name
    ? [
        `lib/${name}/version.rb`,
        `lib/${name.replace(/-/g, '/')}/version.rb`,
        `lib/${name.replace(/-/g, '_')}/version.rb`,
      ]
    : [];
  for (const path of candidates.map((candidate) => inFolder(folder, candidate))) {
    const text = reading.has(path) ? await reading.text(path) : null;
    const found = text === null ? null : findLine(text, /\bVERSION\s*=\s*["'](\d[\w.-]{0,60})["']/);
    if (found?.match[1]) return fact(found.match[1], fileSource(path, found.range));
  }
  return needed;
}

/** `.ruby-version` and `.tool-versions`, then the Gemfile's `ruby`, then what the gemspec requires. */
async function rubyVersion(reading: Reading, facts: RubyFacts, manifest: string): Promise<Known<string>> {
  const { folder, gemfile, gemspec } = facts;
  const lines: readonly (readonly [string | null, RegExp])[] = [
    [inFolder(folder, '.ruby-version'), /^\s*(?:ruby-)?((?:jruby-|truffleruby-)?\d[\w.-]{0,30})\s*$/],
    [inFolder(folder, '.tool-versions'), /^\s*ruby\s+(\d[\w.-]{0,30})\s*$/],
    [gemfile, /^\s*ruby[\s(]+["']((?:[~<>=]{1,2}\s*)?\d[\w.-]{0,30})["']/],
    [gemspec?.path ?? null, /\.required_ruby_version\s*=.*?["']((?:[~<>=]{1,2}\s*)?\d[\w.-]{0,30})["']/],
  ];
  for (const [path, pattern] of lines) {
    const text = path !== null && reading.has(path) ? await reading.text(path) : null;
    const found = text === null ? null : findLine(text, pattern);
    if (path !== null && found?.match[1] && isPlainText(found.match[1]))
      return fact(found.match[1], fileSource(path, found.range));
  }
  return unknown(`Ruby version of ${manifest}: .ruby-version`);
}
