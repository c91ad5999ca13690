import assert from 'node:assert/strict';
import fc from 'fast-check';
import { plainCommand, plainProse, plainText } from '../../../src/core/documents/markdown/write';
import type { DocumentKind } from '../../../src/core/documents/document';
import { approvalKind } from '../../../src/core/documents/approval/approval-kind';
import { drillRecordKind } from '../../../src/core/documents/drill-record/drill-record-kind';
import { overrideKind } from '../../../src/core/documents/override/override-kind';
import { postmortemKind } from '../../../src/core/documents/postmortem/postmortem-kind';
import { releasePlanKind } from '../../../src/core/documents/release-plan/release-plan-kind';
import { runbookKind } from '../../../src/core/documents/runbook/runbook-kind';
import type { ChangeGroup, RiskLevel } from '../../../src/core/documents/release-plan/release-plan';

const hostile = [
  'a | b',
  '`tick` and ``two``',
  '<img src=x onerror=alert(1)>',
  '[x](javascript:alert(1))',
  '![x](https://evil.test/x.png)',
  '# heading',
  '1. one',
  '- dash',
  '---',
  '===',
  'https://dash.acme.io/d/abc?var=a_b|c',
  'www.acme.io and a_b@acme.io',
  '&amp; &#60;',
  '*bold* _it_ __x__ ~~no~~',
  '[ ] box',
  '[^1] note',
  'C:\\path\\',
  'a \\| b',
  '```',
  '{{service}} ${{ github.token }}',
  'UNKNOWN(who (exactly) owns it)',
  'Größe 測試 🚀',
  '<!-- comment -->',
  'None.',
  'key: value',
  '\\',
  '|',
];

const raw = fc.oneof(
  fc.string({ maxLength: 24, unit: 'binary' }),
  fc.string({ maxLength: 24 }),
  fc.constantFrom(...hostile),
  fc
    .array(fc.constantFrom(...'|`*_[]<>()!\\~#-+.:/@&{}$ a1\n'.split(''), 'http://', 'www.', ...hostile), {
      maxLength: 8,
    })
    .map((parts) => parts.join('')),
);
const text = raw.map(plainText);
const title = text.map((value) => value || 'Step');
const item = text.map((value) => value || 'item');
const prose = fc.array(raw, { maxLength: 3 }).map((parts) =>
  plainProse(parts.join('\n\n'))
    .split('\n\n')
    .filter((paragraph) => paragraph !== 'None.')
    .join('\n\n'),
);
const command = fc.array(raw, { maxLength: 3 }).map((parts) => plainCommand(parts.join('\n')));
const minutes = fc.option(
  fc.nat({ max: 9000 }).map((value) => value / 4),
  { nil: null },
);
const rows = <T extends object>(shape: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.array(fc.record(shape), { maxLength: 3 });
const step = { title, owner: text, command, action: text, expected: text, durationMinutes: minutes };
const runbookSteps = rows({ ...step, onFailure: text });
const triggers = rows({ metric: text, comparison: text, threshold: text, window: text, lasting: text });
const communication = rows({ stage: text, audience: text, channel: text, message: text });
const claims = rows({ question: text, answer: text });
const groups: readonly ChangeGroup[] = ['breaking', 'security', 'features', 'fixes', 'other', 'unclassified'];
const levels: readonly RiskLevel[] = ['low', 'medium', 'high', 'critical', 'unknown'];

const plan = fc.record({
  service: text,
  version: text,
  range: fc.record({ base: text, head: text }),
  summary: prose,
  risk: fc.record({ level: fc.constantFrom(...levels), why: text }),
  scope: rows({ area: text, evidence: text }),
  components: rows({ component: text, files: text, commits: text, owners: text }),
  commits: fc.record({ total: text, classified: text, unclassified: text, reverted: text }),
  changes: rows({
    group: fc.constantFrom(...groups),
    commit: text,
    subject: text,
    component: text,
    detail: text,
  }).map((changes) =>
    // The plan lists them by group.
    groups.flatMap((group) => changes.filter((change) => change.group === group)),
  ),
  irreversible: rows({
    path: text,
    line: fc.option(fc.nat({ max: 99999 }), { nil: null }),
    statement: text,
    why: text,
    advice: text,
    compensation: text,
    evidence: text,
    by: text,
  }),
  risks: rows({
    signal: text,
    likelihood: text,
    impact: text,
    blastRadius: text,
    mitigation: text,
    owner: text,
    trigger: text,
    state: text,
  }),
  rollout: fc.record({
    strategy: text,
    why: text,
    recommended: text,
    canary: rows({ share: text, duration: text, check: text, abort: text, command: text }),
  }),
  flags: rows({ flag: text, cohorts: text, killSwitch: text, owner: text, removalDate: text }),
  steps: rows(step),
  rollback: fc.record({
    strategy: text,
    target: text,
    declaration: fc.record({
      runsOnNewSchema: text,
      runsOnNewSchemaEvidence: text,
      estimatedMinutes: text,
      recoveryTimeObjective: text,
    }),
    steps: rows(step),
    triggers,
  }),
  communication,
  overrides: rows({ condition: text, by: text, reason: text, until: text }),
  claims,
  openDecisions: fc.array(item, { maxLength: 3 }),
});

const runbook = fc.record({
  service: text,
  summary: prose,
  parameters: rows({ name: text, meaning: text, example: text }),
  symptoms: rows({ symptom: text, shownBy: text, next: text }),
  diagnosis: runbookSteps,
  mitigations: runbookSteps,
  rollback: fc.record({ reference: text, triggers, steps: runbookSteps }),
  checksBefore: runbookSteps,
  deployment: runbookSteps,
  checklistAfter: rows({ text: item, isDone: fc.boolean() }),
  references: rows({ kind: text, name: text, target: text }),
  baselines: rows({ metric: text, good: text, source: text }),
  failureModes: rows({ failure: text, shownBy: text, response: text }),
  communication,
  escalation: rows({ role: text, contact: text, when: text }),
  claims,
});

const postmortem = fc.record({
  incident: text,
  service: text,
  date: text,
  summary: prose,
  impact: rows({ aspect: text, value: text, source: text }),
  timeline: rows({ time: text, event: text, source: text, isVerified: fc.boolean() }),
  rootCause: prose,
  contributingFactors: fc.array(item, { maxLength: 3 }),
  actions: rows({ action: text, owner: text, due: text, verifiedBy: text }),
  lessons: fc.array(item, { maxLength: 3 }),
  claims,
});

const drillRecord = fc.record({
  drill: text,
  environment: text,
  service: text,
  versionFrom: text,
  versionTo: text,
  startedAt: text,
  duration: text,
  outcome: text,
  recordedBy: text,
  evidence: fc.array(item, { maxLength: 3 }),
  notes: prose,
});

const approval = fc.record({
  environment: text,
  version: text,
  commit: text,
  approver: text,
  role: text,
  at: text,
  recordedBy: text,
  read: fc.array(item, { maxLength: 3 }),
  evidence: fc.array(item, { maxLength: 3 }),
});

const override = fc.record({
  condition: text,
  environment: text,
  version: text,
  name: text,
  reason: prose,
  until: text,
  recordedAt: text,
  recordedBy: text,
});

function holds<T>(kind: DocumentKind<T>, data: fc.Arbitrary<T>): void {
  fc.assert(
    fc.property(data, (value) => {
      const written = kind.render(value);
      const read = kind.read('document.md', written);
      // fast-check's records have no prototype; what is compared is the data.
      assert.deepEqual(JSON.parse(JSON.stringify(read.data)), JSON.parse(JSON.stringify(value)));
      assert.deepEqual(read.problems, []);
      assert.deepEqual(
        read.sections.filter(({ id }) => id !== null).map(({ id }) => id),
        kind.sections.map(({ id }) => id),
      );
      assert.equal(kind.render(read.data), written);
    }),
    { numRuns: 80 },
  );
}

describe('a rendered document', () => {
  it('gives a release plan back', () => holds(releasePlanKind, plan));
  it('gives a runbook back', () => holds(runbookKind, runbook));
  it('gives a postmortem back', () => holds(postmortemKind, postmortem));
  it('gives the record of a drill back', () => holds(drillRecordKind, drillRecord));
  it('gives an approval back', () => holds(approvalKind, approval));
  it('gives an override back', () => holds(overrideKind, override));
});
