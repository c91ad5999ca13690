import * as vscode from 'vscode';
import { modelTools, type ModelToolName } from '../../core/tasks/model-tools';
import type { Task, TaskId } from '../../core/tasks/task';
import { createMarkdownReply } from '../chat/markdown-reply';
import { signalOf } from '../places';
import { applyProposal } from '../proposals/apply-proposal';
import { showDifference } from '../proposals/proposed-documents';
import { ALL_FOLDERS, NO_FOLDER } from '../repositories';
import type { Workbench } from '../workbench';
import type { WorkspaceRepository } from '../workspace-world';
import { boundedAnswer, proposalNote, textInputs } from './task-tool-answer';

/** The engine as tools for language models. All but one only read; that one asks the person first. */
export function registerModelTools(context: vscode.ExtensionContext, workbench: Workbench): void {
  for (const name of Object.keys(modelTools) as ModelToolName[]) {
    context.subscriptions.push(vscode.lm.registerTool(name, toolOf(name, workbench, context.extensionUri)));
  }
}

function toolOf(
  name: ModelToolName,
  workbench: Workbench,
  extensionUri: vscode.Uri,
): vscode.LanguageModelTool<object> {
  switch (name) {
    case 'release_gate_plan_release':
    case 'release_gate_generate_pipeline':
    case 'release_gate_secure_cloud_auth':
    case 'release_gate_extract_workflows':
    case 'release_gate_draft_runbook':
    case 'release_gate_draft_postmortem':
      return taskTool(modelTools[name].task, workbench);
    case 'release_gate_draft_document':
      return documentTool(workbench);
    case 'release_gate_judge_release':
      return readinessTool(workbench);
    case 'release_gate_check_workspace':
      return checkTool(workbench);
    case 'release_gate_explain_rule':
      return ruleTool(extensionUri);
    case 'release_gate_apply_proposal':
      return applyTool(workbench);
  }
}

function taskTool(id: TaskId, workbench: Workbench): vscode.LanguageModelTool<object> {
  return {
    invoke: async ({ input }, token) => {
      const { taskById } = await import('../../core/tasks/index');
      const task = taskById(id);
      return task ? answerWith(task, input, token, workbench) : answer(`This build has no task ${id}.`);
    },
    prepareInvocation: () => ({ invocationMessage: 'Reading the repository' }),
  };
}

/** One tool for all documents: a tool for each would crowd out those of others. */
function documentTool(workbench: Workbench): vscode.LanguageModelTool<object> {
  return {
    invoke: async ({ input }, token) => {
      const { documents } = await import('../../core/tasks/index');
      const { kind = '' } = textInputs(input);
      const { answers, folder } = input as { readonly answers?: unknown; readonly folder?: unknown };
      const found = documents.find((each) => each.kind === kind);
      if (found) {
        const told = typeof answers === 'object' && answers !== null ? answers : {};
        return answerWith(found.task, { ...told, folder }, token, workbench);
      }
      return answer(
        `There is no document ${kind}. Kinds: ${documents.map((each) => `${each.kind} (${each.task.title})`).join(', ')}.`,
      );
    },
    prepareInvocation: () => ({ invocationMessage: 'Reading the repository' }),
  };
}

async function answerWith(
  task: Task,
  input: object,
  token: vscode.CancellationToken,
  workbench: Workbench,
): Promise<vscode.LanguageModelToolResult> {
  const [{ improveProse }, { answerTask }] = await Promise.all([
    import('../../core/drafting/improve-prose'),
    import('../chat/answer-task'),
  ]);
  const { folder, ...inputs } = textInputs(input);
  const isTogether = task.takesSeveral === true && folder === ALL_FOLDERS;
  const repository = repositoryFor(isTogether ? undefined : folder, workbench);
  if (typeof repository === 'string') return answer(repository);
  const all = isTogether ? workbench.repositories.all() : [];
  const others = all.filter((each) => each.key !== repository.key);
  const cancel = signalOf(token);
  try {
    const reply = createMarkdownReply();
    const outcome = await answerTask(
      task,
      { inputs, prompt: '' },
      reply,
      { repository, others, proposals: workbench.proposals, model: null, improveProse },
      cancel.signal,
    );
    switch (outcome.kind) {
      case 'cancelled':
        throw new vscode.CancellationError();
      case 'stopped':
        return answer(reply.text());
      case 'answered': {
        const proposal = outcome.proposal === null ? null : workbench.proposals.get(outcome.proposal);
        const note = proposal ? proposalNote(proposal.result, proposal.id) : '';
        const tail = `${note}Answers that it takes: ${task.inputs.map(({ name, question }) => `${name} (${question})`).join('; ')}\n`;
        return answer(boundedAnswer(reply.text(), tail));
      }
    }
  } finally {
    cancel.dispose();
  }
}

function readinessTool(workbench: Workbench): vscode.LanguageModelTool<object> {
  return {
    invoke: async ({ input }, token) => {
      const { folder, version, environment } = textInputs(input);
      const repository = repositoryFor(folder, workbench);
      if (typeof repository === 'string') return answer(repository);
      const cancel = signalOf(token);
      try {
        // Not kept: what the editor shows is what a person asked for.
        const judged = await workbench.releaseJudge.judge(
          repository,
          { version: version ?? null, environment: environment ?? null },
          { signal: cancel.signal, report: () => undefined },
          null,
          false,
        );
        if (judged.kind === 'not-judged') return answer(`UNKNOWN: not judged. ${judged.message}`);
        const { describeReadiness } = await import('../readiness/describe-readiness');
        const reply = createMarkdownReply();
        describeReadiness(judged.judgement, reply);
        const tail =
          "This verdict is the engine's: say it word for word. Unknown never counts as go. No model can approve, override, " +
          'waive or record anything; a person records a drill, an approval or an override by a command of the palette or of ' +
          'release-gate.\n';
        return answer(boundedAnswer(reply.text(), tail));
      } finally {
        cancel.dispose();
      }
    },
    prepareInvocation: () => ({ invocationMessage: 'Judging whether the release may go' }),
  };
}

function checkTool(workbench: Workbench): vscode.LanguageModelTool<object> {
  return {
    invoke: async ({ input }, token) => {
      const { folder, path } = textInputs(input);
      const repository = repositoryFor(folder, workbench);
      if (typeof repository === 'string') return answer(repository);
      const cancel = signalOf(token);
      try {
        const judgement = await workbench.gate.judge(repository, cancel.signal, { isFresh: true });
        if (judgement.kind === 'not-judged') return answer(`Not checked. ${judgement.message}`);
        const { describeReport } = await import('../gate/describe-report');
        const { report } = judgement;
        const reply = createMarkdownReply();
        describeReport(
          path === undefined
            ? report
            : { ...report, findings: report.findings.filter((finding) => finding.path === path) },
          reply,
        );
        const tail =
          "This verdict is the engine's; unknown never counts as pass, and no model can waive a finding.\n";
        return answer(boundedAnswer(reply.text(), tail));
      } finally {
        cancel.dispose();
      }
    },
    prepareInvocation: () => ({ invocationMessage: 'Checking workflows and documents' }),
  };
}

function ruleTool(extensionUri: vscode.Uri): vscode.LanguageModelTool<object> {
  return {
    invoke: async ({ input }) => {
      const { rules } = await import('../../core/rules/index');
      const { rule: id } = textInputs(input);
      const rule = rules.find((each) => each.id === id);
      if (!rule) {
        return answer(`There is no rule ${id ?? ''}. Rules: ${rules.map((each) => each.id).join(', ')}.`);
      }
      return answer(
        `${rule.id} (${rule.severity}): ${rule.title}\n\n${rule.why}\n\n${await pageText(rule.id)}`,
      );
    },
    prepareInvocation: () => ({ invocationMessage: 'Reading the page of the rule' }),
  };

  async function pageText(id: string): Promise<string> {
    const { pageOf } = await import('../../core/rules/index');
    try {
      const page = vscode.Uri.joinPath(extensionUri, ...pageOf(id).split('/'));
      return new TextDecoder().decode(await vscode.workspace.fs.readFile(page));
    } catch {
      return '';
    }
  }
}

function applyTool(workbench: Workbench): vscode.LanguageModelTool<object> {
  const proposalOf = (input: unknown): string => textInputs(input)['proposalId'] ?? '';
  return {
    prepareInvocation: async ({ input }) => {
      const proposal = workbench.proposals.get(proposalOf(input));
      // Without a confirmation there is nothing to confirm: `invoke` refuses an id that is not known.
      if (!proposal) return { invocationMessage: 'Looking for the proposal' };
      const { confirmationOf } = await import('./confirmation');
      const { title, markdown, shownPaths } = confirmationOf(proposal);
      for (const path of shownPaths) workbench.proposals.markShown(proposal.id, path);
      return {
        invocationMessage: 'Writing the proposed files',
        confirmationMessages: { title, message: new vscode.MarkdownString(markdown) },
      };
    },
    invoke: async ({ input }) => {
      const id = proposalOf(input);
      const outcome = await applyProposal(id, workbench.proposals, workbench.repositories);
      switch (outcome.kind) {
        case 'applied':
          return answer(
            `Written: ${outcome.paths.join(', ')}. Check again before claiming that anything passes.`,
          );
        case 'refused':
          return answer(outcome.message);
        case 'review':
          for (const path of outcome.paths) {
            await showDifference(id, path, workbench.proposals, workbench.repositories);
          }
          return answer(
            `Nothing was written: the difference of ${outcome.paths.join(', ')} has just been opened for the person. ` +
              'Ask them to read it, and call this tool again when they say so.',
          );
      }
    },
  };
}

/** The repository that a tool call is for, or the sentence for the model why there is none. */
function repositoryFor(folder: string | undefined, workbench: Workbench): WorkspaceRepository | string {
  const all = workbench.repositories.all();
  if (folder !== undefined) {
    const found = all.find((repository) => repository.name === folder);
    if (found) return found;
    return `No open folder is called ${folder}. Open are: ${all.map((each) => each.name).join(', ')}.`;
  }
  return workbench.repositories.current() ?? NO_FOLDER;
}

function answer(text: string): vscode.LanguageModelToolResult {
  return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
}
