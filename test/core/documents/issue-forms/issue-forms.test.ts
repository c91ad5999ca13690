import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { incidentReportForm } from '../../../../src/core/documents/incident-report/incident-report-form';
import { incidentReportKind } from '../../../../src/core/documents/incident-report/incident-report-kind';
import { issueFormYaml, readIssueForm } from '../../../../src/core/documents/issue-forms/issue-form';
import { proposeForm } from '../../../../src/core/documents/issue-forms/propose-form';
import { releaseRequestForm } from '../../../../src/core/documents/release-request/release-request-form';
import { releaseRequestKind } from '../../../../src/core/documents/release-request/release-request-kind';

const forms = [
  { form: releaseRequestForm, kind: releaseRequestKind },
  { form: incidentReportForm, kind: incidentReportKind },
];

describe('the issue forms', () => {
  for (const { form, kind } of forms) {
    it(`${form.fileName} is a form as GitHub reads it, and asks what its kind has`, () => {
      const written = parse(issueFormYaml(form)) as {
        readonly name: string;
        readonly description: string;
        readonly body: readonly { readonly type: string; readonly id?: string }[];
      };
      assert.ok(written.name && written.description);
      const ids = written.body.flatMap(({ id }) => (id === undefined ? [] : [id]));
      assert.equal(new Set(ids).size, ids.length);
      assert.ok(ids.every((id) => /^[\w-]+$/.test(id)));
      assert.deepEqual(
        form.questions.map(({ label }) => label).sort(),
        kind.sections.map(({ title }) => title).sort(),
      );
      const read = readIssueForm(issueFormYaml(form));
      assert.ok(read.ok);
      assert.deepEqual(
        read.questions.map(({ label, isRequired }) => ({ label, isRequired })),
        form.questions.map(({ label, isRequired }) => ({ label, isRequired })),
      );
    });
  }

  it('keeps a form that asks everything, byte for byte', () => {
    const text = issueFormYaml(releaseRequestForm).replace('Release request', 'Ship it');
    assert.deepEqual(proposeForm(releaseRequestForm, text), { ok: true, text, added: [] });
  });

  it('adds what a form lacks at its end and touches nothing else', () => {
    const text = [
      '# ours',
      'name: Ship it',
      'body:',
      '    - type: input   # which',
      '      attributes: { label: version }',
      '    - type: textarea',
      '      attributes:',
      '          label: "Changelog"',
      '',
      'assignees: [ada]   # always',
      '',
    ].join('\n');
    const proposed = proposeForm(releaseRequestForm, text);
    assert.ok(proposed.ok);
    assert.deepEqual(proposed.added, ['Environment', 'Deployment Strategy', 'Rollback Plan', 'Monitoring']);
    const [head = '', tail = ''] = text.split('\n\nassignees');
    assert.ok(proposed.text.startsWith(head) && proposed.text.endsWith(`assignees${tail}`), proposed.text);
    const again = proposeForm(releaseRequestForm, proposed.text);
    assert.deepEqual(again, { ok: true, text: proposed.text, added: [] });
  });

  it('leaves alone what it cannot read', () => {
    for (const text of ['name: [', 'name: x', 'name: x\nbody: [{ type: input }]\n']) {
      const proposed = proposeForm(releaseRequestForm, text);
      assert.ok(!proposed.ok, text);
      assert.match(proposed.message, /^(?:is|writes) /);
    }
  });
});

describe('the body of an issue', () => {
  it('is read as GitHub writes it, with what people put into its answers', () => {
    const body = [
      '### Version',
      '',
      '2.4.0 (1a2b3c4)',
      '',
      '### Environment',
      '',
      'production',
      '',
      '### Deployment Strategy',
      '',
      'canary',
      '',
      '### Changelog',
      '',
      '- Faster checkout #12',
      '- New column `orders.paid_at`',
      '  - nullable',
      '',
      '### Rollback Plan',
      '',
      'Back to 2.3.9:',
      '```',
      'helm rollback checkout 41',
      '```',
      '',
      '### Monitoring',
      '',
      '_No response_',
      '',
    ].join('\r\n');
    assert.deepEqual(releaseRequestKind.read('docs/release/requests/RELEASE_REQUEST_2.4.0.md', body).data, {
      version: '2.4.0 (1a2b3c4)',
      environment: 'production',
      strategy: 'canary',
      changelog: 'Faster checkout #12\n\nNew column orders.paid_at\n\nnullable',
      rollbackPlan: 'Back to 2.3.9:\n\nhelm rollback checkout 41',
      monitoring: '',
    });
  });
});
