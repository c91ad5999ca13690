import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { createParsers } from '../../../../src/adapters/parsers';
import { secureWorkflow, type WorkflowMeaning } from '../../../../src/core/pipeline/oidc/secure-workflow';
import type { ShellParser } from '../../../../src/core/ports';
import { needsOfToken } from '../../../../src/core/rules/workflow/action-permissions';
import { findLongLivedCredentials } from '../../../../src/core/workflow/long-lived-credentials';
import { readWorkflow } from '../../../../src/core/workflow/read';
import { understandWorkflows } from '../../../../src/core/workflow/understand';

const folder = path.resolve(__dirname, '../../../fixtures/oidc');
const isUpdating = process.env['UPDATE_EXPECTED'] === '1';

/** Workflows in the likeness of public ones, each with what it becomes and what is said about it. */
describe('secureWorkflow: fixtures', () => {
  let shell: ShellParser;
  before(async () => {
    shell = await createParsers().shell();
  });

  const understand = (file: string, text: string): WorkflowMeaning => {
    const workflow = readWorkflow(file, text);
    const set = understandWorkflows([workflow], shell, { productionEnvironments: [], otherEnvironments: [] });
    return {
      workflow,
      commandsOf: (job) => set.factsOf(workflow, job.id.value)?.commands ?? [],
      needsOf: (job) => {
        const facts = set.factsOf(workflow, job.id.value);
        return facts ? needsOfToken(facts) : { needed: new Map(), isSure: false };
      },
    };
  };

  const names = fs.readdirSync(folder).filter((name) => /^[\w-]+\.yml$/.test(name));
  for (const name of names) {
    const text = fs.readFileSync(path.join(folder, name), 'utf8');
    const file = `.github/workflows/${name}`;

    it(name, () => {
      const secured = secureWorkflow(file, text, understand);
      const said = `${JSON.stringify(
        {
          logins: secured.logins.map(({ cloud, job, variables, secrets, isNewIdentity }) => ({
            cloud,
            job,
            variables,
            secrets,
            isNewIdentity,
          })),
          left: secured.left.map(({ reason }) => reason),
          notes: secured.notes,
        },
        null,
        2,
      )}\n`;
      for (const [expected, actual] of [
        [name.replace('.yml', '.expected.yml'), secured.after],
        [name.replace('.yml', '.expected.json'), said],
      ] as const) {
        const at = path.join(folder, expected);
        if (isUpdating) fs.writeFileSync(at, actual);
        assert.equal(actual, fs.readFileSync(at, 'utf8'));
      }
    });

    it(`${name}: what was replaced is gone, and a second time changes nothing`, () => {
      const { after, left } = secureWorkflow(file, text, understand);
      const again = secureWorkflow(file, after, understand);
      assert.equal(again.after, after);
      assert.deepEqual(again.logins, []);
      const meaning = understand(file, after);
      assert.equal(
        findLongLivedCredentials(meaning.workflow, (job) => meaning.commandsOf(job)).length,
        left.length,
      );
    });

    it(`${name}: the same with the line ends of Windows`, () => {
      const windows = text.replaceAll('\n', '\r\n');
      const { after } = secureWorkflow(file, windows, understand);
      assert.ok(!after.replaceAll('\r\n', '').includes('\n'), 'line ends are mixed');
      assert.equal(after.replaceAll('\r\n', '\n'), secureWorkflow(file, text, understand).after);
    });
  }
});
