import { readFrontMatter } from '../text/front-matter';
import incidentScribe from '../../../agents/incident-scribe.agent.md';
import prodRiskAndRollbackGate from '../../../agents/prod-risk-and-rollback-gate.agent.md';
import releasePipelineAuthor from '../../../agents/release-pipeline-author.agent.md';
import runbookAndOpsDocs from '../../../agents/runbook-and-ops-docs.agent.md';
import extractReusableWorkflows from '../../../prompts/extract-reusable-workflows.prompt.md';
import rollbackRunbook from '../../../prompts/rollback-runbook.prompt.md';
import environmentMatrix from '../../../prompts/environment-matrix.prompt.md';
import secretsRotationPlan from '../../../prompts/secrets-rotation-plan.prompt.md';
import pipelineReview from '../../../prompts/pipeline-review.prompt.md';
import verificationReport from '../../../prompts/verification-report.prompt.md';
import releaseNotes from '../../../prompts/release-notes.prompt.md';
import incidentUpdate from '../../../prompts/incident-update.prompt.md';
import isThisReleaseReady from '../../../prompts/is-this-release-ready.prompt.md';
import generateGhActionsPipeline from '../../../prompts/generate-gh-actions-pipeline.prompt.md';
import postmortemSkeleton from '../../../prompts/postmortem-skeleton.prompt.md';
import releasePlanFromChange from '../../../prompts/release-plan-from-change.prompt.md';
import runbookForDeployment from '../../../prompts/runbook-for-deployment.prompt.md';
import secureCloudAuthWithOidc from '../../../prompts/secure-cloud-auth-with-oidc.prompt.md';

/** One `${input:name:hint}` of a prompt file. */
export interface PromptInput {
  readonly name: string;
  readonly hint: string;
}

/** A prompt file, read: VS Code's own format, so that the same file serves its `/` menu and our participant. */
export interface Prompt {
  readonly name: string;
  readonly description: string;
  readonly agent: string;
  readonly argumentHint: string;
  readonly tools: readonly string[];
  readonly inputs: readonly PromptInput[];
  readonly body: string;
}

/** A step to another agent that VS Code shows as a button. */
export interface Handoff {
  readonly label: string;
  readonly agent: string;
  readonly prompt: string;
  readonly send: boolean;
}

/** A custom agent file, read. */
export interface Agent {
  readonly name: string;
  readonly description: string;
  readonly tools: readonly string[];
  readonly handoffs: readonly Handoff[];
  readonly body: string;
}

/** What a reader of a prompt or agent file gives: the file, or a sentence on what is wrong with it. */
export type LibraryReading<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

/** Reads a prompt file (https://code.visualstudio.com/docs/agent-customization/prompt-files). */
export function readPrompt(text: string): LibraryReading<Prompt> {
  const matter = readFrontMatter(text);
  if (!matter.ok) return matter;
  const { data, body } = matter;
  const missing = ['name', 'description', 'agent'].find((key) => !isText(data[key]));
  if (missing) return { ok: false, message: `the front matter has no ${missing}` };
  const tools = textList(data['tools']);
  if (!tools) return { ok: false, message: 'tools is no list of names' };
  return {
    ok: true,
    value: {
      name: asText(data['name']),
      description: asText(data['description']),
      agent: asText(data['agent']),
      argumentHint: asText(data['argument-hint']),
      tools,
      inputs: inputsOf(body),
      body: body.trim(),
    },
  };
}

/** Reads a custom agent file (https://code.visualstudio.com/docs/agent-customization/custom-agents). */
export function readAgent(text: string): LibraryReading<Agent> {
  const matter = readFrontMatter(text);
  if (!matter.ok) return matter;
  const { data, body } = matter;
  const missing = ['name', 'description'].find((key) => !isText(data[key]));
  if (missing) return { ok: false, message: `the front matter has no ${missing}` };
  const tools = textList(data['tools']);
  if (!tools) return { ok: false, message: 'tools is no list of names' };
  const handoffs = readHandoffs(data['handoffs']);
  if (!handoffs) return { ok: false, message: 'a handoff needs a label, an agent and a prompt' };
  return {
    ok: true,
    value: {
      name: asText(data['name']),
      description: asText(data['description']),
      tools,
      handoffs,
      body: body.trim(),
    },
  };
}

/** The prompt files that ship, by name, in the order in which a release needs them. */
export const promptTexts: Readonly<Record<string, string>> = {
  'release-plan-from-change': releasePlanFromChange,
  'generate-gh-actions-pipeline': generateGhActionsPipeline,
  'secure-cloud-auth-with-oidc': secureCloudAuthWithOidc,
  'extract-reusable-workflows': extractReusableWorkflows,
  'runbook-for-deployment': runbookForDeployment,
  'postmortem-skeleton': postmortemSkeleton,
  'is-this-release-ready': isThisReleaseReady,
  'rollback-runbook': rollbackRunbook,
  'environment-matrix': environmentMatrix,
  'secrets-rotation-plan': secretsRotationPlan,
  'pipeline-review': pipelineReview,
  'verification-report': verificationReport,
  'release-notes': releaseNotes,
  'incident-update': incidentUpdate,
};

/** The agent files that ship, by name. */
export const agentTexts: Readonly<Record<string, string>> = {
  'release-pipeline-author': releasePipelineAuthor,
  'prod-risk-and-rollback-gate': prodRiskAndRollbackGate,
  'runbook-and-ops-docs': runbookAndOpsDocs,
  'incident-scribe': incidentScribe,
};

/**
 * A shipped prompt with its agent.
 *
 * @throws Error where a shipped file is missing or broken: a fault of the build, held off by the tests.
 */
export function promptWithAgent(name: string): { readonly prompt: Prompt; readonly agent: Agent } {
  const prompt = readPrompt(promptTexts[name] ?? '');
  if (!prompt.ok) throw new Error(`prompts/${name}.prompt.md: ${prompt.message}`);
  const agent = readAgent(agentTexts[prompt.value.agent] ?? '');
  if (!agent.ok) throw new Error(`agents/${prompt.value.agent}.agent.md: ${agent.message}`);
  return { prompt: prompt.value, agent: agent.value };
}

function inputsOf(body: string): PromptInput[] {
  const found = new Map<string, PromptInput>();
  for (const match of body.matchAll(/\$\{input:([a-z_]+)(?::([^}]*))?\}/g)) {
    const name = match[1] ?? '';
    if (!found.has(name)) found.set(name, { name, hint: match[2] ?? '' });
  }
  return [...found.values()];
}

function readHandoffs(value: unknown): Handoff[] | null {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return null;
  const handoffs: Handoff[] = [];
  for (const item of value as readonly unknown[]) {
    if (typeof item !== 'object' || item === null) return null;
    const { label, agent, prompt, send } = item as Record<string, unknown>;
    if (!isText(label) || !isText(agent) || !isText(prompt)) return null;
    handoffs.push({ label, agent, prompt, send: send === true });
  }
  return handoffs;
}

function textList(value: unknown): string[] | null {
  if (value === undefined) return [];
  return Array.isArray(value) && value.every(isText) ? value : null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function asText(value: unknown): string {
  return isText(value) ? value : '';
}
