import { textHash } from '../../documents/markdown/text-hash';
import { fileSource, placeholder } from '../../evidence/fact';
import type { AskedQuestion, PartialAnswer } from './answered-questions';
import type { JudgedRelease } from './judged-release';
import { knownReports } from './known-reports';

/** Documents that are carried out step by step. */
const PROCEDURES = ['runbook', 'rollback-runbook', 'deployment-plan'];

/** What the author asks of the documents before handing them over. docs/documents.md says what answers which. */
export const SELF_REVIEW_QUESTIONS: readonly AskedQuestion[] = [
  {
    question: 'Do the commands take environment and version as parameters, with nothing written out?',
    of: PROCEDURES,
    rules: ['unflagged-placeholder', 'undeclared-parameter', 'hard-coded-value'],
  },
  {
    question:
      'Does each step say what is done, what is expected, how long it takes and what to do when it fails, and is the total right?',
    of: PROCEDURES,
    rules: ['step-without-command-or-outcome', 'total-duration-wrong'],
  },
  {
    question: 'Was the way back practised outside production, within the recovery time objective?',
    conditions: ['rollback:drilled', 'rollback:within-rto'],
  },
  {
    question: 'Has somebody other than the author read the runbook as it stands?',
    conditions: ['runbook-reviewed'],
  },
  {
    question: 'Is nothing left UNKNOWN in the plan and the runbooks?',
    of: ['release-plan', ...PROCEDURES],
    rules: ['unresolved-placeholder'],
  },
  {
    question: 'Do the documents say what workflows, scripts and environments say today?',
    of: ['release-plan', ...PROCEDURES],
    rules: [
      'document-contradicts-workflow',
      'document-older-than-deploy',
      'step-script-changed',
      'script-not-found',
    ],
    conditions: ['plan-current'],
  },
  {
    question: 'Is each secret named without its value, and none in a file, a log or an argument?',
    rules: ['secret-in-document', 'committed-secret', 'secret-in-log', 'secret-in-argument'],
  },
  {
    question: 'Can somebody who never deployed this carry it out at two in the morning?',
    person: 'answer of somebody who tried, with the name',
  },
];

/** Without what a release is not done. docs/documents.md says what answers which. */
export const DONE_ITEMS: readonly AskedQuestion[] = [
  {
    question:
      'The pipeline built, tested and scanned this commit, and nothing reaches production without that',
    rules: ['prod-without-tests', 'missing-phase'],
    conditions: ['build-succeeded', 'unit-tests-passed', 'scan-clean', 'workflows-proven'],
  },
  {
    question: 'The runbook is complete, and was carried out at least once outside production',
    of: ['runbook'],
    rules: ['document-section-missing', 'step-without-command-or-outcome', 'unresolved-placeholder'],
    shown: tested,
  },
  {
    question: 'Somebody other than the author reviewed the runbook',
    conditions: ['runbook-reviewed'],
  },
  {
    question: 'The way back is written down, practised, and within the recovery time objective',
    conditions: ['rollback-documented', 'rollback-credible'],
  },
  {
    question: 'Changes of the configuration are written down, and staging is set up like production',
    conditions: ['configuration-documented', 'configuration-parity'],
  },
  {
    question: 'Each secret that is used has its rotation, and none is committed',
    of: ['secrets-rotation-plan'],
    rules: ['unresolved-placeholder', 'secret-not-in-plan'],
    rulesAnywhere: ['committed-secret'],
  },
  {
    question: 'Somebody is told when it goes wrong: alerts with owners, triggers with numbers',
    conditions: ['monitoring-ready', 'rollback:triggers-machine-readable'],
  },
  {
    question: 'The deployment was verified by somebody else, in numbers against their baselines',
    shown: verified,
  },
];

/** Whether each runbook, as it stands, is on record to have been carried out outside production. */
function tested({ facts }: JudgedRelease): PartialAnswer {
  const { productionEnvironments } = facts.configuration;
  const isProduction = (name: string): boolean =>
    productionEnvironments.some((each) => each.toLowerCase() === name.toLowerCase()) ||
    /^(?:prod|production|live)$/i.test(name);
  const passed = facts.records.reviews.filter(
    ({ review, hasPassed, environment }) =>
      review === 'tested' && hasPassed === true && !isProduction(environment),
  );
  const runbooks = facts.documents.filter(({ kind }) => kind === 'runbook');
  const open = runbooks.find(
    ({ path, text }) => !passed.some((each) => each.document === path && each.sha256 === textHash(text)),
  );
  if (open) {
    return {
      state: 'open',
      why: `no record says that ${open.path}, as it stands, was carried out outside production`,
      next: `carry it out in staging, and record it: release-gate review record --kind tested --document ${open.path} --environment staging --outcome passed --evidence ADDRESS --write`,
      sources: [fileSource(open.path)],
    };
  }
  return {
    state: 'yes',
    why: passed.map(({ path, environment }) => `carried out in ${environment} (${path})`).join('; '),
    next: '',
    sources: passed.map(({ path }) => fileSource(path)),
  };
}

/** Whether a verification report of this release stands in the repository, filled in and accepted. */
function verified(release: JudgedRelease): PartialAnswer {
  const { verification } = knownReports(release);
  if (!verification) {
    return {
      state: 'open',
      why: 'the repository has no verification report of this version in this environment',
      next: 'write it within an hour: release-gate doc verification-report --write',
    };
  }
  const { path, data } = verification;
  const sources = [fileSource(path)];
  const open = release.facts.documents.find((document) => document.path === path)?.placeholders.length ?? 0;
  if (open > 0) {
    return {
      state: 'open',
      why: `${path} holds ${open} × ${placeholder('…')}`,
      next: 'fill them in',
      sources,
    };
  }
  const faults = release.facts.check.findings.filter((finding) => finding.path === path);
  const [first] = faults;
  if (first) {
    return {
      state: 'no',
      why: `${path}: ${first.message} (${first.rule})`,
      next: 'release-gate check',
      sources,
    };
  }
  const { acceptance, verifiedBy } = data.signOff;
  return /^(?:yes|accepted)\b/i.test(acceptance)
    ? { state: 'yes', why: `${path}: ${acceptance} by ${verifiedBy}`, next: '', sources }
    : {
        state: 'no',
        why: `${path}: ${acceptance || 'no acceptance'}`,
        next: 'settle what it was not accepted for',
        sources,
      };
}
