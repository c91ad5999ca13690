import picomatch from 'picomatch';
import { isPlainText, shellWord } from '../../evidence/detect/shell-text';
import { isKnown } from '../../evidence/fact';
import type { CoverageReport, Stack } from '../../evidence/profile';
import { runItYourself } from './cause';
import type { CheckContext } from './checks';
import type { Unit } from './plan';
import { inFolder } from './setup/places';
import type { StepSpec } from './workflow-text';

/** The unit tests of one unit, run so that they say what they cover, and what they leave behind. */
export interface CoveredTests {
  readonly steps: readonly StepSpec[];
  /** Reports of coverage, by path from the root. */
  readonly reports: readonly string[];
}

/** One report of a stack, where its command leaves it. */
interface ReportOfStack {
  readonly stack: Stack;
  /** From the root of the repository. */
  readonly path: string;
  readonly format: CoverageReport['format'];
}

/** What each format counts: the tools themselves call it so. */
const COUNTED: Readonly<Record<CoverageReport['format'], 'lines' | 'statements'>> = {
  lcov: 'lines',
  cobertura: 'lines',
  jacoco: 'lines',
  clover: 'statements',
  go: 'statements',
  json: 'lines',
};

/** Where Java's builds keep their sources: a report names a file by its package below that. */
const SOURCES_OF_JAVA = /^(?:.*\/)?src\/main\/(?:java|kotlin|scala|groovy)\//;

/**
 * Runs the unit tests with coverage and holds it to the bounds of the settings: a report that a step reads, since a
 * tool's own bound is the repository's and may be lower. What cannot be measured is a note.
 */
export function coveredTests(context: CheckContext, unit: Unit, plain: readonly StepSpec[]): CoveredTests {
  const { whole, core, coreFiles } = context.plan.settings.coverage;
  const steps: StepSpec[] = [...plain];
  const reports: ReportOfStack[] = [];
  for (const stack of unit.stacks) {
    const report = coveredStack(context, stack, unit, steps);
    if (report) reports.push(report);
  }
  if (reports.length === 0) return { steps, reports: [] };
  const globs = coreFiles.filter((glob) => {
    const matches = picomatch(glob, { dot: true });
    return [...context.paths].some((path) => isOfUnit(path, unit) && matches(path));
  });
  if (coreFiles.length === 0 && core > 0) {
    context.notes.add(
      `No core files are named (readiness.coverage.core-files), so the bound of ${core} % for the core holds nothing.`,
    );
  }
  for (const glob of coreFiles) {
    const matches = picomatch(glob, { dot: true });
    if (![...context.paths].some((path) => matches(path)))
      context.notes.add(`No file of the repository is among the core files \`${glob}\`.`);
  }
  const namesPackages = reports.some((report) => report.format === 'jacoco');
  const patterns = globs.flatMap((glob) => {
    const isUntold = namesPackages && !glob.startsWith('**/') && !SOURCES_OF_JAVA.test(glob);
    const pattern = isUntold ? null : extendedPattern(glob);
    if (pattern === null)
      context.notes.add(
        `The core files \`${glob}\` are not told apart in the coverage: write ${isUntold ? 'the folder of its sources (src/main/java/…) or **/ into the glob' : 'the glob with *, ** and {a,b} only'}.`,
      );
    return pattern === null ? [] : [pattern];
  });
  if (whole === 0 && (core === 0 || patterns.length === 0)) {
    return { steps, reports: reports.map((report) => report.path) };
  }
  const counted = [...new Set(reports.map((report) => COUNTED[report.format]))].join(' and ');
  return {
    steps: [
      ...steps,
      inFolder(unit.root, {
        name: 'Check the coverage',
        env: {
          WHOLE: String(whole),
          ...(patterns.length > 0 ? { CORE: String(core), CORE_FILES: `^(${patterns.join('|')})$` } : {}),
        },
        run: [
          '{',
          ...reports.flatMap((report) => readerOf(report, unit, patterns.length > 0)),
          '} > "$RUNNER_TEMP/coverage.tsv"',
          ...judge(counted, patterns.length > 0),
        ].join('\n'),
        whenItFails: `Test what is not covered yet; the bounds are readiness.coverage in .github/release-gate.yml (${whole} % here${patterns.length > 0 ? `, ${core} % of the core` : ''}), and generating again takes them over`,
      }),
    ],
    reports: reports.map((report) => report.path),
  };
}

/** The stack's report, with its tests run so that they write it; what stands in the way is a note. */
function coveredStack(
  context: CheckContext,
  stack: Stack,
  unit: Unit,
  steps: StepSpec[],
): ReportOfStack | null {
  const isTested = (stack.commands.unit ?? []).length > 0;
  const { coverage } = stack;
  if (!coverage) {
    if (isTested)
      context.notes.add(
        `No file sets up how the tests of ${stack.manifest.value} are measured, so their coverage is held to nothing.`,
      );
    return null;
  }
  if (!isKnown(coverage.command) || !isPlainText(coverage.command.value)) {
    context.notes.add(
      `The coverage of ${stack.manifest.value} is held to nothing: no file says by which command it is measured.`,
    );
    return null;
  }
  if (!isKnown(coverage.report) || !isPlainText(coverage.report.value.path)) {
    context.notes.add(
      `The coverage of ${stack.manifest.value} is held to ${coverage.threshold ? `the ${coverage.threshold.value} % that ${coverage.tool.value} asks for itself` : 'nothing'}: no file says where a report is written that a program can read.`,
    );
    if (!coverage.threshold) return null;
  }
  const command = coverage.command.value;
  const measured = inFolder(stack, {
    name: `Run the unit tests with coverage${unit.stacks.length > 1 && stack !== unit.root ? ` (${stack.folder})` : ''}`,
    run: command,
    whenItFails: runItYourself(command, stack.folder),
  });
  // The same program is not run a second time without coverage; a Makefile's target may do more than its tests.
  const folder = stack.folder === '' ? undefined : stack.folder;
  const index = steps.findIndex(
    (step) => step.workingDirectory === folder && programOf(step.run) === programOf(command),
  );
  if (index < 0) steps.push(measured);
  else steps.splice(index, 1, measured);
  if (!isKnown(coverage.report) || !isPlainText(coverage.report.value.path)) return null;
  const { path, format } = coverage.report.value;
  return { stack, format, path: stack.folder === '' ? path : `${stack.folder}/${path}` };
}

function programOf(command: string | undefined): string {
  return (command ?? '').trim().split(/\s/, 1)[0] ?? '';
}

function isOfUnit(path: string, unit: Unit): boolean {
  return unit.stacks.some((stack) => stack.folder === '' || path.startsWith(`${stack.folder}/`));
}

/** Prints what is covered and what there is, with the path from the root; where no file is told apart, one line. */
function readerOf({ stack, path, format }: ReportOfStack, unit: Unit, tellsFiles: boolean): string[] {
  const fromUnit = (place: string): string =>
    unit.root.folder === '' ? place : place.slice(unit.root.folder.length + 1);
  const file = shellWord(fromUnit(path));
  const folder = stack === unit.root ? '' : fromUnit(`${stack.folder}/`);
  const from = folder === '' ? '' : `FOLDER=${shellWord(folder)} `;
  const place = `ENVIRON["PWD"] "/" ${folder === '' ? '' : 'ENVIRON["FOLDER"] '}`;
  const goMod = shellWord(fromUnit(stack.manifest.value));
  switch (format) {
    case 'lcov':
      return tellsFiles
        ? [
            `${from}awk '`,
            '  /^SF:/ {',
            '    file = substr($0, 4); sub("^[.]/", "", file)',
            `    if (file !~ "^/") file = ${place}file`,
            '    file = substr(file, length(ENVIRON["GITHUB_WORKSPACE"]) + 2)',
            '  }',
            '  /^DA:/ { split($0, part, ","); total[file]++; if (part[2] > 0) covered[file]++ }',
            '  END { for (file in total) print file "\\t" covered[file] + 0 "\\t" total[file] }',
            `' ${file}`,
          ]
        : [
            `awk -F , '/^DA:/ { total++; if ($2 > 0) covered++ } END { print "\\t" covered + 0 "\\t" total + 0 }' ${file}`,
          ];
    case 'go':
      return tellsFiles
        ? [
            `${from}awk '`,
            '  $1 == "module" { module = $2 "/" }',
            '  FNR == NR || /^mode:/ { next }',
            '  { statements[$1] = $2; if ($3 > 0) run[$1] = 1 }',
            '  END {',
            '    for (block in statements) {',
            '      file = block; sub(/:[^:]*$/, "", file)',
            `      file = ${place}substr(file, length(module) + 1)`,
            '      file = substr(file, length(ENVIRON["GITHUB_WORKSPACE"]) + 2)',
            '      total[file] += statements[block]; if (block in run) covered[file] += statements[block]',
            '    }',
            '    for (file in total) print file "\\t" covered[file] + 0 "\\t" total[file]',
            '  }',
            `' ${goMod} ${file}`,
          ]
        : [
            "awk '",
            '  /^mode:/ { next }',
            '  { statements[$1] = $2; if ($3 > 0) run[$1] = 1 }',
            '  END {',
            '    for (block in statements) { total += statements[block]; if (block in run) covered += statements[block] }',
            '    print "\\t" covered + 0 "\\t" total + 0',
            '  }',
            `' ${file}`,
          ];
    case 'json':
      return [
        `jq --raw-output --arg root "$GITHUB_WORKSPACE/" 'to_entries[] | select(.key != "total")`,
        '  | [(.key | ltrimstr($root)), .value.lines.covered, .value.lines.total] | @tsv' + `' ${file}`,
      ];
    case 'cobertura':
      return python(file, [
        'folders = [os.path.join(root, source.text or "") for source in report.iter("source")]',
        'for found in report.iter("class"):',
        '    name = found.get("filename")',
        '    places = [os.path.join(folder, name) for folder in [*folders, os.path.dirname(sys.argv[1]), os.getcwd(), root]]',
        '    place = next((each for each in places if os.path.exists(each)), name)',
        '    hits = [int(line.get("hits")) > 0 for line in found.findall("lines/line")]',
        '    print(os.path.relpath(place, root), sum(hits), len(hits), sep="\\t")',
      ]);
    case 'jacoco':
      return python(file, [
        'for package in report.iter("package"):',
        '    for source in package.findall("sourcefile"):',
        '        for counter in source.findall("counter[@type=\'LINE\']"):',
        '            missed, covered = int(counter.get("missed")), int(counter.get("covered"))',
        '            print(f"{package.get(\'name\')}/{source.get(\'name\')}", covered, missed + covered, sep="\\t")',
      ]);
    case 'clover':
      return python(file, [
        'for found in report.iter("file"):',
        '    counts, place = found.find("metrics"), found.get("path") or found.get("name")',
        '    print(os.path.relpath(place, root), counts.get("coveredstatements"), counts.get("statements"), sep="\\t")',
      ]);
  }
}

function python(file: string, lines: readonly string[]): string[] {
  return [
    `python3 - ${file} <<'PYTHON'`,
    'import os, sys',
    'from xml.etree import ElementTree',
    'root, report = os.environ["GITHUB_WORKSPACE"], ElementTree.parse(sys.argv[1]).getroot()',
    ...lines,
    'PYTHON',
  ];
}

/** Adds the files up, says the share with its bound, and fails below it, or where there is nothing to judge. */
function judge(counted: string, hasCore: boolean): string[] {
  return [
    "awk -F '\\t' '",
    '  function judge(what, covered, total, least) {',
    `    said = "no ${counted}"`,
    `    if (total > 0) said = int(covered * 1000 / total) / 10 " % of " total " ${counted}"`,
    '    print "Coverage of the " what ": " said ", and " least " % are required" >> ENVIRON["GITHUB_STEP_SUMMARY"]',
    '    if (total > 0 && covered * 100 >= least * total) { print "Coverage of the " what ": " said; return }',
    '    print "::error title=Coverage::The " what " has " said " covered, and " least " %25 are required"',
    '    failed = 1',
    '  }',
    '  { covered += $2; total += $3 }',
    ...(hasCore ? ['  $1 ~ ENVIRON["CORE_FILES"] { core += $2; ofCore += $3 }'] : []),
    '  END {',
    '    judge("whole", covered, total, ENVIRON["WHOLE"])',
    ...(hasCore ? ['    judge("core", core, ofCore, ENVIRON["CORE"])'] : []),
    '    exit failed',
    '  }',
    '\' "$RUNNER_TEMP/coverage.tsv"',
  ];
}

/**
 * A glob as an extended regular expression of awk, without the `^(…)$` around it; null for what has no equal there.
 * Reports of Java name packages, not folders of sources, so that those are left out of the glob.
 */
export function extendedPattern(glob: string): string | null {
  if (/[[\]()!+@]/.test(glob) || /[\u0000-\u001f\u007f]/.test(glob)) return null;
  const own = glob.replace(SOURCES_OF_JAVA, '');
  let pattern = '';
  let depth = 0;
  for (let at = 0; at < own.length; at++) {
    const character = own.charAt(at);
    if (own.startsWith('**/', at) && (at === 0 || own.charAt(at - 1) === '/')) {
      pattern += '(.*/)?';
      at += 2;
    } else if (own.startsWith('**', at)) {
      pattern += '.*';
      at += 1;
    } else if (character === '*') pattern += '[^/]*';
    else if (character === '?') pattern += '[^/]';
    else if (character === '{') {
      depth++;
      pattern += '(';
    } else if (character === '}' && depth > 0) {
      depth--;
      pattern += ')';
    } else if (character === ',' && depth > 0) pattern += '|';
    else
      pattern +=
        /[\w/ -]/.test(character) || character.charCodeAt(0) > 127
          ? character
          : character === '^' || character === '\\'
            ? `\\${character}`
            : `[${character}]`;
  }
  return depth === 0 ? pattern : null;
}
