import type { CommandTaskId } from './task';

/**
 * The engine as tools for a language model, by name. All but `release_gate_apply_proposal` only read; that one asks
 * the person first, naming the files. None approves, waives, deploys or records anything.
 */
export const modelTools = {
  release_gate_plan_release: { task: 'release-plan-from-change', writes: false },
  release_gate_generate_pipeline: { task: 'generate-gh-actions-pipeline', writes: false },
  release_gate_secure_cloud_auth: { task: 'secure-cloud-auth-with-oidc', writes: false },
  release_gate_extract_workflows: { task: 'extract-reusable-workflows', writes: false },
  release_gate_draft_runbook: { task: 'runbook-for-deployment', writes: false },
  release_gate_draft_postmortem: { task: 'postmortem-skeleton', writes: false },
  release_gate_draft_document: { task: null, writes: false },
  release_gate_judge_release: { task: null, writes: false },
  release_gate_check_workspace: { task: null, writes: false },
  release_gate_explain_rule: { task: null, writes: false },
  release_gate_apply_proposal: { task: null, writes: true },
} as const satisfies Readonly<
  Record<string, { readonly task: CommandTaskId | null; readonly writes: boolean }>
>;

/** The name of one of the engine's tools. */
export type ModelToolName = keyof typeof modelTools;
