import assert from 'node:assert/strict';
import { runbookKind } from '../../../src/core/documents/runbook/runbook-kind';
import { postmortemKind } from '../../../src/core/documents/postmortem/postmortem-kind';

describe('reading a document of a person', () => {
  it('takes other heading levels, numbers, names and a bold line for its sections', () => {
    const { sections, data } = runbookKind.read(
      'RUNBOOK.md',
      '# Billing\n\n### 2. Diagnostics:\n\n1) Look at the logs\n\n**Rolling back**\n\n1. Deploy the tag before\n   - expected outcome: it runs\n   - Time: 90 s\n',
    );
    assert.deepEqual(
      sections.map(({ id }) => id),
      [null, 'diagnosis', 'rollback'],
    );
    assert.equal(data.diagnosis[0]?.title, 'Look at the logs');
    assert.deepEqual(data.rollback.steps[0], {
      title: 'Deploy the tag before',
      owner: '',
      command: '',
      action: '',
      expected: 'it runs',
      durationMinutes: 1.5,
      onFailure: '',
    });
  });

  it('has its offsets right behind a byte order mark, front matter and Windows line ends', () => {
    const text = '\uFEFF---\r\nkind: runbook\r\n---\r\n\r\n# R\r\n\r\n## Symptoms\r\n\r\nUNKNOWN(x)\r\n';
    const { sections, placeholders } = runbookKind.read('a.md', text);
    const symptoms = sections.find(({ id }) => id === 'symptoms');
    assert.ok(symptoms);
    assert.equal(text.slice(symptoms.headingSpan.start, symptoms.headingSpan.end), '## Symptoms');
    assert.equal(text.slice(placeholders[0]?.span.start, placeholders[0]?.span.end), 'UNKNOWN(x)');
  });

  it('reads the rest where the front matter is refused or broken', () => {
    for (const head of ['---js\n{a: 1}\n---\n', '---\na: [\n---\n']) {
      const { problems, data } = postmortemKind.read(
        'PM_1.md',
        `${head}# P\n\n## Root cause\n\nA full disk.\n`,
      );
      assert.equal(problems.length, 1);
      assert.equal(data.rootCause, 'A full disk.');
    }
  });

  it('ends on hostile text, and says what was not read', () => {
    const hostile = [
      '[',
      '*a_ ',
      '>',
      '`',
      '![[',
      '<a ',
      '|',
      '- ',
      '&#x',
      '~~',
      '\u0000',
      '# \n',
      '    ',
    ].map((part) => part.repeat(4_000));
    const nested = Array.from({ length: 200 }, (_, index) => `${'  '.repeat(index)}- a`).join('\n');
    // Processor time, since other work on the machine is no fault of the reader.
    const before = process.cpuUsage();
    for (const text of [...hostile, nested, 'x'.repeat(500_000)]) {
      assert.doesNotThrow(() => runbookKind.read('RUNBOOK.md', text));
    }
    const seconds = process.cpuUsage(before).user / 1e6;
    assert.ok(seconds < 15, `${seconds} s`);
    assert.ok(runbookKind.read('RUNBOOK.md', '*a_ '.repeat(4_000)).problems.length > 0);
  });
});
