import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { DocumentKind } from '../../../src/core/documents/document';
import type { DefinedKind } from '../../../src/core/documents/shape/define-kind';
import { documentKinds } from '../../../src/core/documents/index';
import { releasePlanKind } from '../../../src/core/documents/release-plan/release-plan-kind';
import { runbookKind } from '../../../src/core/documents/runbook/runbook-kind';
import type { ChangeGroup, RiskLevel } from '../../../src/core/documents/release-plan/release-plan';
import { dataOfFields, item, prose, rows, step, text } from '../../support/generated-data';

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

  for (const kind of documentKinds) {
    if (!isDefined(kind)) continue;
    it(`gives a ${kind.id} back`, () => holds(kind, dataOfFields(kind.fields)));
  }
});

function isDefined(kind: DocumentKind<unknown>): kind is DefinedKind<unknown> {
  return 'fields' in kind;
}
