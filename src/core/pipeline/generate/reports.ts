import { isPlainText } from '../../evidence/detect/shell-text';
import type { Stack } from '../../evidence/profile';
import { useAction } from './actions';
import type { CheckContext } from './checks';
import type { Unit } from './plan';
import type { StepSpec } from './workflow-text';

/** Where runners leave their results without being told to, by package manager: surefire's and Gradle's own defaults. */
const ALWAYS_WRITTEN: Readonly<Record<string, readonly string[]>> = {
  maven: ['**/target/surefire-reports/*.xml', '**/target/failsafe-reports/*.xml'],
  gradle: ['**/build/test-results/**/*.xml'],
};

/** What tools that drive a browser leave behind, by the file that sets them up: their own defaults. */
const BROWSER_TOOLS: readonly { readonly config: RegExp; readonly leaves: readonly string[] }[] = [
  // The report, and traces, videos and pictures of each test: playwright.dev, "Test configuration", `outputDir`.
  { config: /^playwright\.config\.[cm]?[jt]s$/, leaves: ['playwright-report/', 'test-results/'] },
  // docs.cypress.io, "Screenshots and Videos".
  {
    config: /^cypress\.(?:config\.[cm]?[jt]s|json)$/,
    leaves: ['cypress/screenshots/', 'cypress/videos/'],
  },
];

/** A pytest that is called by itself, so that an option behind it is its own. */
const PYTEST = /^(?:(?:poetry|uv|pipenv) run )?pytest\b[^|;&<>]*$/;

/** Results of tests by path from the root, as the repository's runners are set up to write them. */
export function testReports(unit: Unit): string[] {
  return unit.stacks.flatMap((stack) =>
    (ALWAYS_WRITTEN[stack.packageManager.value] ?? (stack.testReports ?? []).map((report) => report.value))
      .filter(isPlainText)
      .map((path) => below(stack, path)),
  );
}

/** Traces, videos, pictures and reports of tests in a browser, by path from the root. */
export function browserArtifacts(context: CheckContext, unit: Unit): string[] {
  return unit.stacks.flatMap((stack) => {
    const prefix = below(stack, '');
    const files = [...context.paths].flatMap((path) =>
      path.startsWith(prefix) && !path.slice(prefix.length).includes('/') ? [path.slice(prefix.length)] : [],
    );
    return BROWSER_TOOLS.filter(({ config }) => files.some((file) => config.test(file))).flatMap(
      ({ leaves }) => leaves.map((path) => below(stack, path)),
    );
  });
}

/** The step with pytest told to write its results, where nothing sets that up already; and where it writes them. */
export function withTestResults(
  unit: Unit,
  job: string,
  steps: readonly StepSpec[],
): { readonly steps: readonly StepSpec[]; readonly reports: readonly string[] } {
  const reports: string[] = [];
  const told = steps.map((step) => {
    const stack = unit.stacks.find((each) => each.folder === (step.workingDirectory ?? ''));
    if (!stack || (stack.testReports ?? []).length > 0 || !step.run || !PYTEST.test(step.run)) return step;
    if (step.run.includes('--junit')) return step;
    const path = `test-results/${job}${reports.length === 0 ? '' : `-${reports.length + 1}`}.xml`;
    reports.push(below(stack, path));
    return { ...step, run: `${step.run} --junitxml=${path}` };
  });
  return { steps: told, reports };
}

/** Keeps what a job leaves behind, also when it failed: that is when somebody looks. Never a gate. */
export function keepReports(
  job: string,
  paths: readonly string[],
  retentionDays: number,
  isExpected: boolean,
): StepSpec[] {
  const distinct = [...new Set(paths)];
  if (distinct.length === 0) return [];
  return [
    {
      name: 'Keep the reports',
      if: '${{ !cancelled() }}',
      uses: useAction('actions/upload-artifact'),
      with: {
        name: `${job}-reports`,
        path: distinct.join('\n'),
        // A browser's tests leave pictures and traces only of what failed.
        'if-no-files-found': isExpected ? 'warn' : 'ignore',
        'retention-days': String(retentionDays),
        // A second attempt of the same run finds the name taken by the first.
        overwrite: 'true',
      },
    },
  ];
}

function below(stack: Stack, path: string): string {
  return stack.folder === '' ? path : `${stack.folder}/${path}`;
}
