import { alertRules } from './alert/index';
import { trustRules } from './trust/index';
import { documentRules } from './document/index';
import { rule as unreadableFile } from './gate/unreadable-file';
import { rule as waiverExpired } from './gate/waiver-expired';
import { rule as waiverUnused } from './gate/waiver-unused';
import { rule as waiverWithoutEndDate } from './gate/waiver-without-end-date';
import { rule as waiverWithoutReason } from './gate/waiver-without-reason';
import type { GateRule, Rule, WorkflowRule } from './rule';
import { rule as allTargetsAtOnce } from './workflow/all-targets-at-once';
import { rule as approvalBlocksQueue } from './workflow/approval-blocks-queue';
import { rule as artifactNotPromoted } from './workflow/artifact-not-promoted';
import { rule as cancelsProdDeploy } from './workflow/cancels-prod-deploy';
import { rule as committedSecret } from './workflow/committed-secret';
import { rule as concurrencyDoesNotSerialise } from './workflow/concurrency-does-not-serialise';
import { rule as crossRunArtifactUnverified } from './workflow/cross-run-artifact-unverified';
import { rule as deployRebuilds } from './workflow/deploy-rebuilds';
import { rule as deployTargetUnknown } from './workflow/deploy-target-unknown';
import { rule as deploymentRecordOff } from './workflow/deployment-record-off';
import { rule as dispatchAnyRef } from './workflow/dispatch-any-ref';
import { rule as excessivePermissions } from './workflow/excessive-permissions';
import { rule as flakyRetry } from './workflow/flaky-retry';
import { rule as gateDefeatedByCondition } from './workflow/gate-defeated-by-condition';
import { rule as inheritedSecrets } from './workflow/inherited-secrets';
import { rule as insecureTransport } from './workflow/insecure-transport';
import { rule as longLivedAwsKey } from './workflow/long-lived-aws-key';
import { rule as longLivedAzureSecret } from './workflow/long-lived-azure-secret';
import { rule as longLivedDeployCredential } from './workflow/long-lived-deploy-credential';
import { rule as longLivedGcpKey } from './workflow/long-lived-gcp-key';
import { rule as missingPhase } from './workflow/missing-phase';
import { rule as mutableImageTag } from './workflow/mutable-image-tag';
import { rule as noDeployConcurrency } from './workflow/no-deploy-concurrency';
import { rule as noDeployTimeout } from './workflow/no-deploy-timeout';
import { rule as noProvenance } from './workflow/no-provenance';
import { rule as noRollbackPath } from './workflow/no-rollback-path';
import { rule as noSmokeTest } from './workflow/no-smoke-test';
import { rule as oidcMisScoped } from './workflow/oidc-mis-scoped';
import { rule as oidcWithoutEnvironment } from './workflow/oidc-without-environment';
import { rule as openEndedEnvironment } from './workflow/open-ended-environment';
import { rule as prodWithoutEnvironment } from './workflow/prod-without-environment';
import { rule as prodWithoutStaging } from './workflow/prod-without-staging';
import { rule as prodWithoutTests } from './workflow/prod-without-tests';
import { rule as rollbackRebuilds } from './workflow/rollback-rebuilds';
import { rule as rollbackUnreachable } from './workflow/rollback-unreachable';
import { rule as rollbackWithoutTarget } from './workflow/rollback-without-target';
import { rule as secretInArgument } from './workflow/secret-in-argument';
import { rule as secretInLog } from './workflow/secret-in-log';
import { rule as silentFailure } from './workflow/silent-failure';
import { rule as toothlessCheck } from './workflow/toothless-check';
import { rule as secretOutsideEnvironment } from './workflow/secret-outside-environment';
import { rule as sharedCredential } from './workflow/shared-credential';
import { rule as unknownEnvironment } from './workflow/unknown-environment';
import { rule as unpinnedAction } from './workflow/unpinned-action';
import { rule as unsafeTriggerReachesProd } from './workflow/unsafe-trigger-reaches-prod';
import { rule as unverifiedCodeInProd } from './workflow/unverified-code-in-prod';

/** The rules over workflows, in the order in which their pages are listed. */
export const workflowRules: readonly WorkflowRule[] = [
  prodWithoutEnvironment,
  unknownEnvironment,
  deployTargetUnknown,
  openEndedEnvironment,
  deploymentRecordOff,
  secretOutsideEnvironment,
  prodWithoutTests,
  prodWithoutStaging,
  gateDefeatedByCondition,
  flakyRetry,
  missingPhase,
  deployRebuilds,
  artifactNotPromoted,
  mutableImageTag,
  crossRunArtifactUnverified,
  noProvenance,
  dispatchAnyRef,
  unsafeTriggerReachesProd,
  noDeployConcurrency,
  concurrencyDoesNotSerialise,
  cancelsProdDeploy,
  approvalBlocksQueue,
  noDeployTimeout,
  allTargetsAtOnce,
  noSmokeTest,
  toothlessCheck,
  noRollbackPath,
  rollbackUnreachable,
  rollbackRebuilds,
  rollbackWithoutTarget,
  silentFailure,
  longLivedAwsKey,
  longLivedAzureSecret,
  longLivedGcpKey,
  longLivedDeployCredential,
  oidcMisScoped,
  oidcWithoutEnvironment,
  excessivePermissions,
  inheritedSecrets,
  sharedCredential,
  secretInArgument,
  secretInLog,
  committedSecret,
  insecureTransport,
  unpinnedAction,
  unverifiedCodeInProd,
];

/** The findings that the gate itself makes. */
export const gateRules: readonly GateRule[] = [
  unreadableFile,
  waiverWithoutReason,
  waiverWithoutEndDate,
  waiverExpired,
  waiverUnused,
];

/** Every rule, once. */
export const rules: readonly Rule[] = [
  ...workflowRules,
  ...documentRules,
  ...alertRules,
  ...trustRules,
  ...gateRules,
];

/** What only GitHub's API can tell: named in every report as not asked. It changes no verdict. */
export const rulesOfGitHub: readonly { readonly id: string; readonly needs: string }[] = [
  {
    id: 'environment-without-reviewers',
    needs:
      'the protection rules of each production environment (GET /repos/{owner}/{repo}/environments/{name})',
  },
  {
    id: 'self-review-allowed',
    needs:
      '`prevent_self_review` of each production environment (GET /repos/{owner}/{repo}/environments/{name})',
  },
  {
    id: 'admins-can-bypass',
    needs:
      '`can_admins_bypass` of each production environment (GET /repos/{owner}/{repo}/environments/{name})',
  },
  {
    id: 'no-deployment-branch-policy',
    needs:
      'the deployment branch policy of each production environment (GET /repos/{owner}/{repo}/environments/{name}/deployment-branch-policies)',
  },
  {
    id: 'reviewers-not-enforceable',
    needs: "the repository's visibility and plan (GET /repos/{owner}/{repo})",
  },
  {
    id: 'no-wait-timer',
    needs: 'the wait timer of each production environment (GET /repos/{owner}/{repo}/environments/{name})',
  },
];

/** What rules that do judge files would see besides with GitHub's API: named in every report as not asked. */
export const partsOfGitHub: readonly { readonly id: string; readonly needs: string }[] = [
  {
    id: 'unknown-environment',
    needs:
      "the repository's environments, to tell a name that none of them has (GET /repos/{owner}/{repo}/environments)",
  },
  {
    id: 'approval-blocks-queue',
    needs:
      'the required reviewers of each environment, to tell whether a run waits there (GET /repos/{owner}/{repo}/environments/{name})',
  },
];

/** Rules over the plan of a release, which a check alone does not have: named in its report as not asked. */
export const rulesOfRelease: readonly { readonly id: string; readonly needs: string }[] = [
  {
    id: 'irreversible-action-not-in-plan',
    needs: 'the change of a release: `release-gate plan` and `release-gate gate` read it',
  },
  {
    id: 'rollback-not-credible',
    needs: 'the change of a release: `release-gate plan` and `release-gate gate` read it',
  },
];

/** The rule of an id; null for an unknown one. */
export function ruleOf(id: string): Rule | null {
  return rules.find((rule) => rule.id === id) ?? null;
}

/** The page of a rule, from the project's root. */
export function pageOf(id: string): string {
  return `docs/rules/${id}.md`;
}
