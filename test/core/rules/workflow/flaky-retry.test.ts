import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { describeFixtures, findingsIn } from '../rule-fixtures';

describeFixtures('flaky-retry');

describe('flaky-retry: options of test runners', () => {
  const cases: readonly (readonly [command: string, option: string | null])[] = [
    ['npx vitest run --retry=3', '--retry=3'],
    ['npx mocha --retries 2', '--retries 2'],
    ['npm test -- --retries=2', '--retries=2'],
    ['cargo nextest run --retries 2', '--retries 2'],
    ['gotestsum --rerun-fails --packages=./...', '--rerun-fails'],
    ['bazel test //... --flaky_test_attempts=3', '--flaky_test_attempts=3'],
    ['bazel test //... --flaky_test_attempts=1', null],
    ['ctest --repeat until-pass:3', '--repeat until-pass:3'],
    ['npx cypress run --config retries=2', 'retries=2'],
    ['mvn verify -Dfailsafe.rerunFailingTestsCount=0', null],
    ['retry -t 3 npm test', 'retry'],
    ['npm ci --fetch-retries 5', null],
    ['pip install --retries 5 pytest', null],
    ['pytest', null],
  ];
  for (const [command, option] of cases) {
    it(command, async () => {
      const found = await findingsIn(
        'flaky-retry',
        `on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ${command}\n`,
      );
      assert.deepEqual(
        found.map(({ message }) => /by `([^`]*)`/.exec(message)?.[1] ?? message),
        option === null ? [] : [option],
      );
    });
  }
});
