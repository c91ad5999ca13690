import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { createParsers } from '../../../src/adapters/parsers';
import { checkRepository } from '../../../src/core/gate/check';
import { readConfiguration, type Configuration } from '../../../src/core/gate/configuration';
import type { Finding, RootReport } from '../../../src/core/gate/report';
import type { Range } from '../../../src/core/text/position';
import { applyEdits } from '../../../src/core/text/edit';
import { memoryFiles } from '../../support/world';

const fixturesFolder = path.resolve(__dirname, '../../fixtures/rules');
const isUpdating = process.env['UPDATE_EXPECTED'] === '1';

/** Loaded once for all tests of a run. */
export const parsers = createParsers();

/** A case: the files of a small repository by path, and what the rule is expected to find in it. */
interface FixtureCase {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly configuration: Configuration;
  readonly expectedPath: string;
}

/** The gate's report on a repository in memory. */
export async function check(
  files: Readonly<Record<string, string>>,
  configuration?: Configuration,
  today = '2026-11-21',
): Promise<RootReport> {
  return checkRepository({
    root: '.',
    files: memoryFiles(files),
    parsers,
    configuration: configuration ?? configurationOf(files),
    today,
  });
}

/** The findings of one rule in one workflow, which stands at `.github/workflows/workflow.yml`. */
export async function findingsIn(rule: string, workflow: string): Promise<readonly Finding[]> {
  const report = await check({ '.github/workflows/workflow.yml': workflow });
  return report.findings.filter((finding) => finding.rule === rule);
}

/**
 * The tests that every workflow rule has: each case of test/fixtures/rules/<id> gives the findings beside it, `fails…`
 * has one that counts, `passes…` and `alike…` have none, and each fix is the end of its finding, adds none, and leaves
 * every other line alone, with either kind of line end.
 */
export function describeFixtures(rule: string): void {
  describe(`${rule}: fixtures`, () => {
    for (const fixture of casesOf(rule)) {
      it(fixture.name, async () => {
        const report = await check(fixture.files, fixture.configuration);
        const found = report.findings.filter((finding) => finding.rule === rule);
        if (fixture.name.startsWith('fails')) assert.ok(found.length > 0, 'nothing is found');
        else if (!fixture.name.startsWith('warns'))
          assert.deepEqual(
            found.map(({ message }) => message),
            [],
          );
        else assert.ok(found.length > 0 && found.every((finding) => finding.severity !== 'block'));
        compare(fixture, found.map(brief));
        const windows = withWindowsLineEnds(fixture.files);
        const again = await check(windows, fixture.configuration);
        assert.deepEqual(
          again.findings.filter((finding) => finding.rule === rule).map(brief),
          found.map(brief),
        );
        await checkFixes(rule, fixture.files, fixture.configuration, report);
        await checkFixes(rule, windows, fixture.configuration, again);
      });
    }
  });
}

async function checkFixes(
  rule: string,
  files: Readonly<Record<string, string>>,
  configuration: Configuration,
  before: RootReport,
): Promise<void> {
  const fixes = before.findings
    .filter((finding) => finding.rule === rule)
    .flatMap((finding) =>
      [finding.fix, ...(finding.otherFixes ?? [])].flatMap((fix) => (fix ? { ...finding, fix } : [])),
    );
  for (const finding of fixes) {
    const fixed: Record<string, string> = { ...files };
    for (const { path: edited, edits, isNew } of finding.fix.edits) {
      assert.equal(files[edited] === undefined, isNew ?? false, `${edited} is new, or it is not`);
      const text = files[edited] ?? '';
      fixed[edited] = applyEdits(text, edits);
      assertOtherLinesStay(text, fixed[edited], finding.fix.title);
    }
    const isOfConfiguration = fixed['.github/release-gate.yml'] !== files['.github/release-gate.yml'];
    const after = await check(fixed, isOfConfiguration ? configurationOf(fixed) : configuration);
    const isLeft = after.findings.some((other) => identity(other) === identity(finding));
    assert.ok(!isLeft, `after "${finding.fix.title}" the finding is still there`);
    // What it lets other rules see for the first time was there before.
    if (finding.fix.reveals) continue;
    const had = countsByRule(before);
    for (const [key, count] of countsByRule(after)) {
      // What a fix marks as UNKNOWN(...) is counted, as it should be.
      if (key.startsWith('unresolved-placeholder ')) continue;
      assert.ok(count <= (had.get(key) ?? 0), `"${finding.fix.title}" adds a finding of ${key}`);
    }
  }
}

/** A finding without its place, which a fix may move. */
function identity(finding: Finding): string {
  return `${finding.rule} ${finding.path} ${finding.status} ${finding.message}`;
}

/** By rule and file: a message may name more jobs than before without its being another finding. */
function countsByRule(report: RootReport): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { rule, path: file } of report.findings) {
    const key = `${rule} in ${file}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** Every line that was there is there, in order, save for those that the fix set out to change; line ends stay. */
function assertOtherLinesStay(before: string, after: string, title: string): void {
  const old = before.split('\n');
  const now = after.split('\n');
  let at = 0;
  let lost = 0;
  for (const line of old) {
    const found = now.indexOf(line, at);
    if (found < 0) lost++;
    else at = found + 1;
  }
  assert.ok(lost <= 3, `"${title}" changes ${lost} lines:\n${after}`);
  if (before.includes('\r\n')) assert.ok(!/[^\r]\n/.test(after), `"${title}" mixes line ends`);
  else assert.ok(!after.includes('\r'), `"${title}" mixes line ends`);
}

function compare(fixture: FixtureCase, found: readonly unknown[]): void {
  const text = `${JSON.stringify(found, null, 2)}\n`;
  if (isUpdating) fs.writeFileSync(fixture.expectedPath, text);
  assert.ok(
    fs.existsSync(fixture.expectedPath),
    `${fixture.expectedPath} is missing: run npm run update-expected`,
  );
  assert.deepEqual(JSON.parse(text), JSON.parse(fs.readFileSync(fixture.expectedPath, 'utf8')));
}

/** A finding as people compare them: places as `line:column-line:column`. */
function brief(finding: Finding): object {
  return {
    severity: finding.severity,
    status: finding.status,
    message: finding.message,
    place: place(finding.path, finding.range),
    ...(finding.evidence.length > 0
      ? {
          evidence: finding.evidence.map(
            (evidence) => `${place(evidence.path, evidence.range)} ${evidence.message}`,
          ),
        }
      : {}),
    ...(finding.counterexample
      ? {
          counterexample: [
            `${finding.counterexample.trigger} on ${finding.counterexample.ref}${finding.counterexample.isCancelled ? ', cancelled' : ''}`,
            ...finding.counterexample.steps.map((step) => `${step.job}: ${step.result}, ${step.why}`),
          ],
        }
      : {}),
    fix: finding.fix ? `${finding.fix.kind}: ${finding.fix.title}` : null,
  };
}

function place(file: string, range: Range | null): string {
  if (!range) return file;
  return `${file}:${range.start.line}:${range.start.column}-${range.end.line}:${range.end.column}`;
}

/** `<name>.yml` is a repository of one workflow; a folder is a repository, with `expected.json` in it. */
function casesOf(rule: string): readonly FixtureCase[] {
  const folder = path.join(fixturesFolder, rule);
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry): FixtureCase[] => {
      if (entry.isDirectory()) {
        const files = readTree(path.join(folder, entry.name));
        return [
          {
            name: entry.name,
            files,
            configuration: configurationOf(files),
            expectedPath: path.join(folder, entry.name, 'expected.json'),
          },
        ];
      }
      if (!entry.name.endsWith('.yml')) return [];
      const name = entry.name.slice(0, -'.yml'.length);
      const files = {
        [`.github/workflows/${entry.name}`]: fs.readFileSync(path.join(folder, entry.name), 'utf8'),
      };
      return [
        {
          name,
          files,
          configuration: configurationOf(files),
          expectedPath: path.join(folder, `${name}.expected.json`),
        },
      ];
    });
}

function configurationOf(files: Readonly<Record<string, string>>): Configuration {
  const result = readConfiguration('.github/release-gate.yml', files['.github/release-gate.yml'] ?? '');
  if (!result.ok) throw new Error(result.problems.map((problem) => problem.message).join('\n'));
  return result.configuration;
}

function readTree(folder: string, prefix = ''): Record<string, string> {
  const files: Record<string, string> = {};
  for (const entry of fs.readdirSync(path.join(folder, prefix), { withFileTypes: true })) {
    const relative = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) Object.assign(files, readTree(folder, relative));
    else if (relative !== 'expected.json')
      files[relative] = fs.readFileSync(path.join(folder, relative), 'utf8');
  }
  return files;
}

function withWindowsLineEnds(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [name, text.replace(/\r?\n/g, '\r\n')]),
  );
}
