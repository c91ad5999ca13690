import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { DocumentKind } from '../../../src/core/documents/document';
import { drillRecordKind } from '../../../src/core/documents/drill-record/drill-record-kind';
import { renderKeepingWritten } from '../../../src/core/documents/keep-written';
import { postmortemKind } from '../../../src/core/documents/postmortem/postmortem-kind';
import { renderPreview } from '../../../src/core/documents/preview';
import { postReleaseReviewKind } from '../../../src/core/documents/post-release-review/post-release-review-kind';
import type { Runbook } from '../../../src/core/documents/runbook/runbook';
import { runbookKind } from '../../../src/core/documents/runbook/runbook-kind';
import { secretsRotationPlanKind } from '../../../src/core/documents/secrets-rotation-plan/secrets-rotation-plan-kind';
import { refuseSealed } from '../../../src/core/tasks/document-task';

const PATH = 'docs/ops/RUNBOOK.md';

const step = (title: string, rest: Partial<Runbook['deployment'][number]> = {}) => ({
  title,
  owner: '@ops',
  command: `./${title.toLowerCase().replace(/\W+/g, '-')}.sh`,
  action: '',
  expected: `${title} is done`,
  durationMinutes: 5,
  onFailure: 'Go to Rollback',
  ...rest,
});

const runbook: Runbook = {
  service: 'orders',
  summary: 'Orders takes orders.\n\nIt has one database.',
  parameters: [
    { name: 'ENV', meaning: 'the environment', example: 'staging' },
    { name: 'VERSION', meaning: 'the version', example: 'UNKNOWN(a version)' },
  ],
  symptoms: [{ symptom: 'Errors rise', shownBy: 'alert Errors', next: 'Diagnosis' }],
  diagnosis: [step('Look at the logs')],
  mitigations: [],
  rollback: {
    reference: 'scripts/rollback.sh',
    triggers: [
      { metric: 'errors', comparison: '>', threshold: '5 %', window: '5 min', lasting: '5 min' },
      { metric: 'errors', comparison: '>', threshold: '1 %', window: '60 min', lasting: '30 min' },
    ],
    steps: [step('Go back')],
  },
  checksBefore: [],
  deployment: [step('Migrate'), step('Deploy'), step('Watch', { durationMinutes: null })],
  checklistAfter: [
    { text: 'Smoke tests pass', isDone: false },
    { text: 'Errors are low', isDone: false },
  ],
  references: [{ kind: 'dashboard', name: 'Orders', target: 'https://dash.acme.io/orders' }],
  baselines: [{ metric: 'errors', good: 'UNKNOWN(errors of a healthy day)', source: 'UNKNOWN(source)' }],
  failureModes: [],
  communication: [],
  escalation: [
    { role: 'On call', contact: 'UNKNOWN(who is on call)', when: 'at once' },
    { role: 'Lead', contact: '@lead', when: 'after 30 min' },
  ],
  claims: [],
};

const first = (data: Runbook = runbook): string => renderKeepingWritten(runbookKind, PATH, data, null).text;
const again = (existing: string, data: Runbook = runbook) =>
  renderKeepingWritten(runbookKind, PATH, data, existing);
const read = (text: string): Runbook => runbookKind.read(PATH, text).data;
const without = (text: string): string => text.replace(/\n<!-- release-gate:written[^>]*-->\n/, '');
const edited = (text: string, ...edits: readonly (readonly [string, string])[]): string =>
  edits.reduce((current, [from, to]) => {
    assert.ok(current.includes(from), from);
    return current.replace(from, to);
  }, text);

describe('a document made anew', () => {
  it('is what it would be without the comment, and the comment is no part of what it says', () => {
    const text = first();
    assert.equal(without(text), runbookKind.render(runbook));
    const document = runbookKind.read(PATH, text);
    assert.deepEqual(document.data, runbook);
    assert.deepEqual(document.problems, []);
    assert.deepEqual(
      document.placeholders.map(({ needed }) => needed),
      runbookKind.read(PATH, without(text)).placeholders.map(({ needed }) => needed),
    );
    assert.doesNotMatch(
      renderPreview(document, [], { steps: [], commands: [] }).parts.join(''),
      /release-gate|Fingerprints/,
    );
  });

  it('changes nothing where nothing changed', () => {
    assert.deepEqual(again(first()), { text: first(), notes: [], conflicts: [], withGenerated: null });
  });

  it('is written anew as a whole where nobody touched it', () => {
    const data = { ...runbook, service: 'billing', deployment: [step('Deploy'), step('Check')] };
    assert.equal(again(first(), data).text, first(data));
  });

  it('renews what nobody touched beside what a person wrote', () => {
    const existing = edited(
      first(),
      ['UNKNOWN(who is on call)', 'Dana, [rota](https://rota.acme.io)'],
      ['| Lead | @lead | after 30 min |', '| Lead | @grace | after 30 min |\n| CTO | @cto | at night |'],
      ['\n## Escalation\n', '\n<!-- ask Dana -->\n\n## Escalation\n\nCall, do not write.\n'],
    );
    const data: Runbook = {
      ...runbook,
      escalation: [
        { role: 'On call', contact: 'UNKNOWN(who is on call)', when: 'within 5 min' },
        { role: 'Lead', contact: '@lead', when: 'after 15 min' },
      ],
    };
    const { text, conflicts } = again(existing, data);
    assert.match(
      text,
      /<!-- ask Dana -->\n\n## Escalation\n\nCall, do not write\.\n\n\| Role \| Contact \| When \|\n\| --- \| --- \| --- \|\n\| On call \| Dana, \[rota\]\(https:\/\/rota\.acme\.io\) \| within 5 min \|\n\| Lead \| @grace \| after 15 min \|\n\| CTO \| @cto \| at night \|\n/,
    );
    assert.deepEqual(conflicts, []);
    assert.equal(again(text, data).text, text);
  });

  it('shows where both wrote something new, and keeps the person’s words until they choose', () => {
    const existing = edited(
      first(),
      ['| 5 % | 5 min |', '| 3 % | 5 min |'],
      ['Deploy is done', 'All pods run'],
    );
    const [one, two] = runbook.rollback.triggers;
    assert.ok(one && two);
    const data: Runbook = {
      ...runbook,
      rollback: { ...runbook.rollback, triggers: [{ ...one, threshold: '4 %' }, two] },
      deployment: [
        step('Migrate'),
        step('Deploy', { expected: 'The rollout ended' }),
        step('Watch', { durationMinutes: null }),
      ],
    };
    const { text, conflicts, notes, withGenerated } = again(existing, data);
    assert.deepEqual(conflicts, [
      { place: 'Rollback, "errors", Threshold', written: '3 %', generated: '4 %' },
      {
        place: 'Deployment, step "Deploy", Expected',
        written: 'All pods run',
        generated: 'The rollout ended',
      },
    ]);
    assert.equal(notes.length, 2);
    assert.equal(read(text).rollback.triggers[0]?.threshold, '3 %');
    assert.deepEqual(read(withGenerated ?? ''), data);
    // Nobody is asked a second time while nothing else would be written.
    assert.deepEqual(again(text, data).conflicts, []);
    assert.equal(again(text, data).text, text);
  });

  it('leaves out what a person took out, and says so', () => {
    const existing = edited(
      first(),
      ['- [ ] Errors are low\n', ''],
      ['| Lead | @lead | after 30 min |\n', ''],
    )
      .replace(/2\. \*\*Deploy\*\*[\s\S]*?(?=3\. \*\*Watch)/, '')
      .replace('3. **Watch', '2. **Watch');
    const { text, notes } = again(existing);
    const total = /Total duration:.*/;
    assert.equal(without(text).replace(total, ''), without(existing).replace(total, ''));
    assert.equal(notes.filter((note) => note.includes('stays out')).length, 3);
    const data = { ...runbook, deployment: [...runbook.deployment, step('Tell everybody')] };
    assert.deepEqual(
      read(again(existing, data).text).deployment.map(({ title }) => title),
      ['Migrate', 'Watch', 'Tell everybody'],
    );
  });

  it('takes out what it would not write any more, unless a person wrote in it', () => {
    const existing = edited(first(), ['| @lead |', '| @grace |'], ['Migrate is done', 'The schema is new']);
    const data: Runbook = {
      ...runbook,
      parameters: runbook.parameters.slice(0, 1),
      escalation: [],
      deployment: [step('Deploy')],
      checklistAfter: [],
    };
    const { text, notes } = again(existing, data);
    const kept = read(text);
    assert.deepEqual(
      kept.parameters.map(({ name }) => name),
      ['ENV'],
    );
    assert.deepEqual(
      kept.escalation.map(({ contact }) => contact),
      ['@grace'],
    );
    assert.deepEqual(
      kept.deployment.map(({ title }) => title),
      ['Migrate', 'Deploy'],
    );
    assert.deepEqual(kept.checklistAfter, []);
    assert.match(text, /## Post-deployment checklist\n\nNone\.\n/);
    assert.equal(notes.filter((note) => note.includes('a person wrote in it')).length, 2);
  });

  it('puts new rows and steps where they belong, and numbers the steps', () => {
    const existing = edited(first(), ['Watch is done', 'Errors stay below 1 %']);
    const more = Array.from({ length: 9 }, (_, index) => step(`Wave ${index + 1} of many waves`));
    const data = {
      ...runbook,
      deployment: [step('Back up'), step('Migrate'), ...more, ...runbook.deployment.slice(1)],
    };
    const { text } = again(existing, data);
    const { deployment } = read(text);
    assert.deepEqual(
      deployment.map(({ title }) => title),
      data.deployment.map(({ title }) => title),
    );
    assert.match(text, /\n12\. \*\*Deploy\*\*\n\n {4}```sh\n {4}\.\/deploy\.sh\n {4}```\n/);
    assert.equal(deployment.at(-1)?.expected, 'Errors stay below 1 %');
    assert.equal(again(text, data).text, text);
  });

  it('works out totals from what stands there', () => {
    const existing = edited(first(), ['- **Duration:** UNKNOWN(minutes)', '- **Duration:** 10 min']);
    assert.match(first(), /Total duration:\*\* UNKNOWN\(the minutes of 1 of 3/);
    const { text } = again(existing);
    assert.match(text, /\*\*Total duration:\*\* 20 min\n/);
    assert.equal(again(text).text, text);
    const changed = again(text.replace('**Total duration:** 20 min', '**Total duration:** 25 min'));
    assert.match(changed.text, /\*\*Total duration:\*\* 25 min\n/);
  });

  it('puts the command where it wrote an action before', () => {
    const existing = `${first({ ...runbook, mitigations: [step('Restart', { command: '', action: 'Press it' })] })}\nA remark.\n`;
    const data = { ...runbook, mitigations: [step('Restart')] };
    assert.deepEqual(read(again(existing, data).text).mitigations, [{ ...step('Restart') }]);
  });

  it('does not take the section of one thing for that of another which says the same', () => {
    const kind = secretsRotationPlanKind;
    const procedure = (secret: string, rollback: string) => ({
      ...{ secret, system: 'GitHub', storedIn: 'the vault', rotation: 'by hand', fallback: 'none' },
      ...{ notified: '@ops', verification: 'It works', rollback, emergency: 'Call', uses: [], steps: [] },
    });
    const planOf = (...procedures: readonly ReturnType<typeof procedure>[]) => ({
      ...{ service: 'orders', summary: '', parameters: [], inventory: [], emergency: [], claims: [] },
      procedures,
    });
    const existing = renderKeepingWritten(
      kind,
      PATH,
      planOf(procedure('ONE', 'Take the old one')),
      null,
    ).text;
    const { text } = renderKeepingWritten(
      kind,
      PATH,
      planOf(procedure('TWO', 'There is no way back')),
      `${existing}\nA remark.\n`,
    );
    assert.deepEqual(
      kind.read(PATH, text).data.procedures.map(({ secret, rollback }) => [secret, rollback]),
      [['TWO', 'There is no way back']],
    );
  });

  it('puts a table behind bullets of which the last has no value', () => {
    const kind = postReleaseReviewKind;
    const { data } = kind.read(PATH, '');
    const existing = renderKeepingWritten(
      kind,
      PATH,
      { ...data, risk: { level: 'low', why: '' } },
      null,
    ).text;
    const now = {
      ...data,
      scope: [{ area: 'orders', evidence: 'its files' }],
      risk: { level: 'high', why: '' },
    };
    const { text } = renderKeepingWritten(
      kind,
      PATH,
      now,
      edited(existing, ['**Risk level:** low', '**Risk level:** none']),
    );
    assert.deepEqual(kind.read(PATH, text).data.scope, now.scope);
    assert.equal(kind.read(PATH, text).data.risk.level, 'none');
  });

  it('finds an address that it wrote with escapes where it stands', () => {
    const table = (target: string) => ({
      ...runbook,
      references: [{ kind: 'site', name: 'Orders', target }],
    });
    const existing = `${first({ ...table('www.acme.io'), service: 'www.acme.io' })}\nA remark.\n`;
    const { text } = again(existing, table('www.acme.io and ops@acme.io'));
    assert.deepEqual(read(text), table('www.acme.io and ops@acme.io'));
    assert.match(text, /^# .*orders\n/m);
  });

  it('knows sections that were renamed, translated or moved, and columns under other names', () => {
    const existing = edited(
      first(),
      ['## Escalation\n', '## Wen rufe ich an?\n'],
      ['| Role | Contact | When |', '| Rolle | Wer | Wann |'],
      ['@lead', '@grace'],
    );
    const { text } = again(existing, {
      ...runbook,
      escalation: [{ role: 'Lead', contact: '@lead', when: 'at night' }],
    });
    assert.match(
      text,
      /## Wen rufe ich an\?\n\n\| Rolle \| Wer \| Wann \|\n\| --- \| --- \| --- \|\n\| Lead \| @grace \| at night \|\n/,
    );
    assert.doesNotMatch(text, /## Escalation/);
  });

  it('keeps the line ends, the byte order mark and the comments of the front matter', () => {
    const existing =
      `\uFEFF${edited(first(), ['kind: runbook\n', 'kind: runbook # do not change\nreviewed_by: dana # twice\n'])}`.replace(
        /\n/g,
        '\r\n',
      );
    const { text } = again(existing, { ...runbook, service: 'billing', mitigations: [step('Restart')] });
    assert.ok(
      text.startsWith(
        '\uFEFF---\r\nkind: runbook # do not change\r\nreviewed_by: dana # twice\r\nservice: "billing"\r\n',
      ),
    );
    assert.equal(text.replace(/\r\n/g, '').includes('\n'), false);
    assert.deepEqual(
      read(text).mitigations.map(({ title }) => title),
      ['Restart'],
    );
    assert.match(text, /# Runbook: billing\r\n/);
  });

  it('never takes out what a person told', () => {
    const claims = [{ question: 'Who leads?', answer: '@dana' }];
    const told = first({
      ...runbook,
      claims,
      escalation: [{ role: 'Lead', contact: '@dana', when: 'at once' }],
    });
    const { text } = again(told, {
      ...runbook,
      escalation: [{ role: 'Lead', contact: 'UNKNOWN(lead)', when: 'at once' }],
    });
    assert.deepEqual(read(text).claims, claims);
    assert.equal(read(text).escalation[0]?.contact, '@dana');
    const newer = again(text, { ...runbook, claims: [{ question: 'Who leads?', answer: '@grace' }] });
    assert.deepEqual(read(newer.text).claims, [{ question: 'Who leads?', answer: '@grace' }]);
    assert.match(newer.notes.join('\n'), /"@dana" and is now "@grace", as told/);
  });

  it('loses nothing of a document that nobody generated', () => {
    const existing =
      '# Checkout runbook\n\nOur *own* words.\n\n## Rolling back\n\n1) Call Dana\n   - Owner: Dana\n2) Flip the [switch](https://flags.acme.io)\n\n## Escalation\n\n<table><tr><td>Dana</td></tr></table>\n\n## Love letters\n\nNone.\n';
    const { text } = again(existing);
    for (const line of existing.split('\n')) assert.ok(text.includes(line), line);
    assert.ok(text.startsWith('---\nkind: runbook\n'));
    assert.deepEqual(
      read(text).rollback.steps.map(({ title }) => title),
      ['Call Dana', 'Flip the switch', 'Go back'],
    );
    assert.equal(again(text).text, text);
  });

  it('refuses to write a sealed record again', () => {
    assert.throws(
      () => renderKeepingWritten(drillRecordKind, 'a.md', drillRecordKind.read('a.md', '').data, 'x'),
      RangeError,
    );
    assert.throws(
      () => {
        refuseSealed(drillRecordKind, 'a.md', 'x');
      },
      { name: 'TaskFailure', message: /written once and not changed/ },
    );
    assert.doesNotThrow(() => {
      refuseSealed(drillRecordKind, 'a.md', null);
    });
    assert.doesNotThrow(() => {
      refuseSealed(runbookKind, 'a.md', 'x');
    });
  });
});

/* Random documents, and what random people do to them. */

const word = fc.constantFrom(
  'orders',
  'v1.2',
  'a | b',
  '`tick`',
  'UNKNOWN(who)',
  'x_y*z*',
  '<b>',
  '5 %',
  'Größe',
  '- no',
  '[l](u)',
  'None.',
);
const words = fc.array(word, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(' '));
const cell = fc.oneof({ arbitrary: words, weight: 4 }, { arbitrary: fc.constant(''), weight: 1 });
const names = fc.constantFrom('Alpha', 'Beta', 'Gamma', 'Delta', 'Step 1', 'Step 2', 'UNKNOWN(name)');
const rowsOf = <T extends object>(shape: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.array(fc.record(shape), { maxLength: 4 });
const steps = rowsOf({
  title: names,
  owner: cell,
  command: fc.constantFrom('', './a.sh', 'a \\\n  && b', 'x\n\ny'),
  action: cell,
  expected: cell,
  durationMinutes: fc.constantFrom(null, 5, 12),
  onFailure: cell,
});
const runbooks: fc.Arbitrary<Runbook> = fc.record({
  service: words,
  summary: fc
    .array(
      words.filter((text) => text !== 'None.'),
      { maxLength: 3 },
    )
    .map((parts) => parts.join('\n\n')),
  parameters: rowsOf({ name: names, meaning: cell, example: cell }),
  symptoms: rowsOf({ symptom: names, shownBy: cell, next: cell }),
  diagnosis: steps,
  mitigations: steps,
  rollback: fc.record({
    reference: cell,
    triggers: rowsOf({ metric: names, comparison: cell, threshold: cell, window: cell, lasting: cell }),
    steps,
  }),
  checksBefore: steps,
  deployment: steps,
  checklistAfter: rowsOf({ text: words, isDone: fc.boolean() }),
  references: rowsOf({ kind: names, name: names, target: cell }),
  baselines: rowsOf({ metric: names, good: cell, source: cell }),
  failureModes: rowsOf({ failure: names, shownBy: cell, response: cell }),
  communication: rowsOf({ stage: names, audience: cell, channel: cell, message: cell }),
  escalation: rowsOf({ role: names, contact: cell, when: cell }),
  // What is told now goes before what was told: see above.
  claims: fc.constant([]),
});
const postmortems = fc.record({
  incident: words,
  service: words,
  date: words,
  summary: words.filter((text) => text !== 'None.'),
  impact: rowsOf({ aspect: names, value: cell, source: cell }),
  timeline: rowsOf({ time: names, event: cell, source: cell, isVerified: fc.boolean() }),
  rootCause: words.filter((text) => text !== 'None.'),
  contributingFactors: fc.array(words, { maxLength: 4 }),
  actions: rowsOf({ action: names, owner: cell, due: cell, verifiedBy: cell }),
  lessons: fc.array(words, { maxLength: 4 }),
  // What is told now goes before what was told: see above.
  claims: fc.constant([]),
});

/** What a person does to a line; `token` is a word of theirs that must never be lost. */
type Act = (lines: string[], at: number, token: string) => boolean;
const inFence = (lines: readonly string[], at: number): boolean =>
  lines.slice(0, at).filter((line) => /^\s*```/.test(line)).length % 2 === 1;
const isRow = (line: string): boolean => line.startsWith('| ') && !line.startsWith('| ---');
const acts: Readonly<Record<string, Act>> = {
  paragraph: (lines, at, token) =>
    lines[at] === '' &&
    !inFence(lines, at) &&
    lines[at - 1] !== '---' &&
    put(lines, at, '', `Words of ${token}.`),
  remark: (lines, at, token) =>
    lines[at] === '' && !inFence(lines, at) && put(lines, at, '', `<!-- ${token} -->`),
  section: (lines, at, token) =>
    (lines[at] ?? '').startsWith('## ') && put(lines, at, `## About ${token}`, '', 'So it is.', ''),
  subsection: (lines, at, token) =>
    (lines[at] ?? '').startsWith('## ') &&
    at > 8 &&
    put(lines, at, `### About ${token}`, '', '- so', '- it is', ''),
  cell: (lines, at, token) =>
    isRow(lines[at] ?? '') &&
    isRow(lines[at - 1] ?? '| ---') &&
    (lines[at + 1] ?? '').startsWith('|') === false &&
    set(lines, at, (line) => line.replace(/\| [^|]*\|$/, `| ${token} |`)),
  row: (lines, at, token) =>
    isRow(lines[at] ?? '') &&
    !(lines[at + 1] ?? '').startsWith('| ---') &&
    put(lines, at + 1, `| ${token} | b |`),
  bullet: (lines, at, token) =>
    /^ *- \*\*\w/.test(lines[at] ?? '') && set(lines, at, (line) => `${line} ${token}`),
  item: (lines, at, token) => /^- (?!\*\*)/.test(lines[at] ?? '') && put(lines, at, `- ${token}`),
  step: (lines, at, token) => /^1\. /.test(lines[at] ?? '') && put(lines, at, `1. **${token}**`, ''),
  command: (lines, at, token) => /^\s*```sh/.test(lines[at] ?? '') && put(lines, at + 1, `   echo ${token}`),
  heading: (lines, at, token) =>
    (lines[at] ?? '').startsWith('## ') && set(lines, at, (line) => `${line} ${token}`),
  key: (lines, at, token) =>
    lines[at] === 'kind: runbook' && put(lines, at + 1, `reviewed: ${token} # by ${token}`),
};
function put(lines: string[], at: number, ...added: readonly string[]): true {
  lines.splice(at, 0, ...added);
  return true;
}
function set(lines: string[], at: number, change: (line: string) => string): boolean {
  const line = lines[at] ?? '';
  // What a person wrote before is theirs to write over.
  if (line.includes('Qx')) return false;
  lines[at] = change(line);
  return lines[at] !== line;
}

const edits = fc.array(fc.record({ act: fc.constantFrom(...Object.keys(acts)), at: fc.nat(400) }), {
  minLength: 1,
  maxLength: 6,
});

function written(
  text: string,
  wanted: readonly { act: string; at: number }[],
): { text: string; tokens: string[] } {
  const lines = text.slice(0, text.indexOf('\n<!-- release-gate:written')).split('\n');
  const tokens: string[] = [];
  wanted.forEach(({ act, at }, number) => {
    const token = `Qx${number}`;
    // The next line on which this can be done.
    for (let offset = 0; offset < lines.length; offset++) {
      if (acts[act]?.(lines, (at + offset) % lines.length, token)) {
        tokens.push(token);
        return;
      }
    }
  });
  return { text: lines.join('\n') + text.slice(text.indexOf('\n<!-- release-gate:written')), tokens };
}

function keeps<T>(kind: DocumentKind<T>, data: fc.Arbitrary<T>): void {
  fc.assert(
    fc.property(data, data, edits, fc.boolean(), (before, now, wanted, isMarked) => {
      const generated = renderKeepingWritten(kind, PATH, before, null).text;
      const { text: existing, tokens } = written(
        isMarked ? generated : without(generated) + '\n<!-- release-gate:written',
        wanted,
      );
      const standing = isMarked ? existing : existing.replace('\n<!-- release-gate:written', '');
      const { text } = renderKeepingWritten(kind, PATH, now, standing);
      for (const token of tokens) {
        assert.ok(text.includes(token), `${token} is lost from\n${standing}\nin\n${text}`);
      }
      assert.equal(
        renderKeepingWritten(kind, PATH, now, text).text,
        text,
        `a second time changes it:\n${standing}\nto\n${text}`,
      );
    }),
    { numRuns: 60 },
  );
}

describe('what a person wrote', () => {
  it('is never lost from a runbook, and a second time changes nothing', () => {
    keeps(runbookKind, runbooks);
  }).timeout(120_000);
  it('is never lost from a postmortem, and a second time changes nothing', () => {
    keeps(postmortemKind, postmortems);
  }).timeout(120_000);
});
