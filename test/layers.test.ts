import assert from 'node:assert/strict';
import { ESLint } from 'eslint';

/** Breaches of the layers that the linter must find, each as a file with one import. */
const breaches: readonly (readonly [file: string, importing: string])[] = [
  ['src/core/rules/rule.ts', "import '../gate/report';"],
  ['src/core/evidence/fact.ts', "import '../workflow/model';"],
  ['src/core/ports.ts', "import './evidence/fact';"],
  ['src/core/gate/report.ts', "import '../tasks/task';"],
  ['src/core/gate/report.ts', "import '../graph/graph';"],
  ['src/core/graph/graph.ts', "import '../tasks/task';"],
  ['src/core/text/edit.ts', "import 'node:fs';"],
  ['src/core/text/edit.ts', "import 'path';"],
  ['src/core/text/edit.ts', "import 'vscode';"],
  ['src/core/text/edit.ts', "import '../../adapters/clock';"],
  ['src/core/text/edit.ts', 'export const now = Date.now();'],
  ['src/core/text/edit.ts', 'export const now = new Date();'],
  ['src/core/text/edit.ts', 'export const chance = Math.random();'],
  ['src/adapters/clock.ts', "import '../cli/terminal';"],
  ['src/adapters/clock.ts', "import 'vscode';"],
  ['src/cli/terminal.ts', "import '../vscode/extension';"],
  ['src/vscode/extension.ts', "import '../cli/terminal';"],
];

const allowed: readonly (readonly [file: string, importing: string])[] = [
  ['src/core/rules/rule.ts', "import '../workflow/model';"],
  ['src/core/tasks/task.ts', "import '../gate/report';"],
  ['src/core/graph/graph.ts', "import '../gate/report';"],
  ['src/cli/terminal.ts', "import '../adapters/clock';"],
  ['src/adapters/clock.ts', "import 'node:fs';"],
];

const layerRules = /^(import-x\/no-restricted-paths|no-restricted-(imports|properties|syntax))$/;

describe('the layers', function () {
  // The linter loads the whole project once.
  this.timeout(120_000);
  const linter = new ESLint({
    overrideConfig: { linterOptions: { reportUnusedDisableDirectives: 'off' } },
    ruleFilter: ({ ruleId }) => layerRules.test(ruleId),
  });
  const breachesIn = async (file: string, text: string): Promise<readonly string[]> => {
    const [result] = await linter.lintText(`${text}\n`, { filePath: file });
    return (result?.messages ?? []).map((message) => message.ruleId ?? message.message);
  };

  for (const [file, text] of breaches) {
    it(`refuse ${text} in ${file}`, async () => {
      assert.equal((await breachesIn(file, text)).length, 1);
    });
  }
  for (const [file, text] of allowed) {
    it(`take ${text} in ${file}`, async () => {
      assert.deepEqual(await breachesIn(file, text), []);
    });
  }
});
