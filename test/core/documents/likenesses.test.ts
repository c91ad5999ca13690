import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { createShellParser } from '../../../src/adapters/shell-parser';
import { documentRules } from '../../../src/core/rules/document/index';
import { judgesKind } from '../../../src/core/rules/rule';
import { postmortemKind } from '../../../src/core/documents/postmortem/postmortem-kind';
import { runbookKind } from '../../../src/core/documents/runbook/runbook-kind';
import { findingsOf, readFixture } from '../rules/document/document-fixtures';

const folder = path.resolve(__dirname, '../../fixtures/documents');

/** Written in the likeness of what teams publish: nothing is wrong with any of them. */
describe('good documents as people write them', () => {
  for (const name of fs.readdirSync(folder)) {
    it(`${name}: nothing is said of it`, async () => {
      const shell = await createShellParser();
      const document = readFixture(fs.readFileSync(path.join(folder, name), 'utf8'));
      assert.deepEqual(document.problems, []);
      const said = documentRules
        .filter((rule) => judgesKind(rule, document.kind))
        .flatMap((rule) =>
          findingsOf(rule.id, document, { shell }).map(({ message }) => `${rule.id}: ${message}`),
        );
      assert.deepEqual(said, []);
    });
  }

  it('are read as what they say', () => {
    const text = (name: string): string => fs.readFileSync(path.join(folder, name), 'utf8');
    const runbook = runbookKind.read('a.md', text('runbook-german-html-tables.md')).data;
    assert.deepEqual(runbook.parameters[1], {
      name: 'VERSION',
      meaning: 'Version, wie sie im Register steht',
      example: '2.14.0',
    });
    assert.deepEqual(
      runbook.deployment.map(({ title, durationMinutes }) => [title, durationMinutes]),
      [
        ['Ausrollen', 8],
        ['Nachsehen', 2],
      ],
    );
    assert.equal(runbook.rollback.triggers[0]?.lasting, '5 min');
    assert.equal(runbook.rollback.steps[0]?.onFailure, 'den Bereitschaftsdienst der Plattform rufen');
    const postmortem = postmortemKind.read('a.md', text('postmortem-spanish.md')).data;
    assert.deepEqual(postmortem.contributingFactors, [
      'La renovación era manual',
      'La alerta miraba otro certificado',
    ]);
    assert.equal(postmortem.timeline[1]?.source, 'commit 4f2c9aa');
  });
});
