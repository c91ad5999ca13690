import type { Finding } from '../../src/core/gate/report';
import type { Task, TaskResult } from '../../src/core/tasks/task';

/** A finding with what every finding has; a test says what matters to it. */
export function sampleFinding(given: Partial<Finding> = {}): Finding {
  return {
    rule: 'prod-without-tests',
    severity: 'block',
    status: 'fail',
    message: 'Job "deploy" can start although "test" failed: remove `always()` from its condition',
    root: 'orders-api',
    path: '.github/workflows/deploy.yml',
    range: { start: { line: 12, column: 9 }, end: { line: 12, column: 45 } },
    evidence: [],
    counterexample: null,
    fix: null,
    waiver: null,
    ...given,
  };
}

/** A result that writes one new document and changes one workflow. */
export function sampleResult(given: Partial<TaskResult> = {}): TaskResult {
  return {
    task: 'release-plan-from-change',
    summary: 'Plan for **3 commits** since v1.4.0.',
    sources: [
      {
        kind: 'file',
        path: 'package.json',
        range: { start: { line: 3, column: 3 }, end: { line: 3, column: 21 } },
      },
      { kind: 'commit', hash: '0123456789abcdef', subject: 'Drop the *legacy* column' },
    ],
    files: [
      {
        path: 'docs/release/RELEASE_PLAN.md',
        before: null,
        after: '# Release plan\n\nUNKNOWN(owner)\n',
        purpose: 'the plan',
      },
      {
        path: '.github/workflows/deploy.yml',
        before: 'on: push\njobs: {}\n',
        after: 'on: push\npermissions: {}\njobs: {}\n',
        purpose: 'least permissions',
      },
    ],
    findings: [sampleFinding()],
    unknowns: [{ unknown: 'owner of the release' }],
    manualSteps: [
      {
        title: 'Name reviewers',
        why: 'nobody must approve alone',
        command: 'gh api repos/OWNER/REPO/environments',
      },
    ],
    notes: ['old.yml was left alone: it is broken'],
    next: [{ task: 'check', label: 'Check the workspace' }],
    data: {},
    prose: null,
    ...given,
  };
}

/** A task that gives a prepared result. */
export function sampleTask(run: Task['run'], inputs: Task['inputs'] = []): Task {
  return {
    id: 'release-plan-from-change',
    subcommand: 'plan',
    title: 'Release plan',
    inputs,
    writes: ['docs/release'],
    run,
  };
}
