import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promptTexts, readPrompt } from '../../src/core/drafting/library';
import { tasks } from '../../src/core/tasks/index';
import { modelTools } from '../../src/core/tasks/model-tools';
import { COMMANDS, DOCUMENT_COMMANDS, TASK_COMMANDS } from '../../src/vscode/commands/names';

interface Contributed {
  readonly path: string;
  readonly sessionTypes?: readonly string[];
}

interface Manifest {
  readonly icon: string;
  readonly activationEvents: readonly string[];
  readonly enabledApiProposals?: unknown;
  readonly capabilities: {
    readonly untrustedWorkspaces: {
      readonly supported: unknown;
      readonly restrictedConfigurations: readonly string[];
    };
    readonly virtualWorkspaces: { readonly supported: unknown };
  };
  readonly contributes: {
    readonly chatParticipants: readonly {
      readonly name: string;
      readonly commands: readonly { readonly name: string; readonly description: string }[];
    }[];
    readonly chatAgents: readonly Contributed[];
    readonly chatPromptFiles: readonly Contributed[];
    readonly chatSkills: readonly Contributed[];
    readonly languageModelTools: readonly {
      readonly name: string;
      readonly toolReferenceName: string;
      readonly inputSchema: { readonly properties: Readonly<Record<string, unknown>> };
    }[];
    readonly commands: readonly { readonly command: string; readonly category: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string }[]>>;
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
    readonly yamlValidation: readonly { readonly url: string }[];
    readonly jsonValidation: readonly { readonly url: string }[];
  };
}

const root = path.join(__dirname, '..', '..');
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest;
const { contributes } = manifest;
const taskIds = Object.keys(TASK_COMMANDS);
/** What has a prompt file and a skill: the tasks, the question whether a release may go, and documents. */
const promptIds = [...taskIds, 'is-this-release-ready', ...DOCUMENT_COMMANDS];

describe('the manifest', () => {
  it('has the commands that the code registers, and menus of those only', () => {
    const named = contributes.commands.map((each) => each.command);
    const registered = [...Object.values(COMMANDS), ...Object.values(TASK_COMMANDS)];
    assert.deepEqual([...named].sort(), [...registered].sort());
    assert.ok(contributes.commands.every((each) => each.category === 'Release Gate'));
    for (const entries of Object.values(contributes.menus)) {
      for (const { command } of entries) assert.ok(named.includes(command), command);
    }
  });

  it('has the slash commands of the tasks, described as their prompts are', () => {
    const [participant] = contributes.chatParticipants;
    assert.equal(participant?.name, 'release');
    assert.deepEqual(
      participant.commands.map((each) => each.name),
      [...promptIds, 'check'],
    );
    for (const { name, description } of participant.commands) {
      if (name === 'check') continue;
      const prompt = readPrompt(promptTexts[name] ?? '');
      assert.ok(prompt.ok, name);
      assert.equal(description, prompt.value.description, name);
    }
  });

  it('has every model tool, referable by its own name', () => {
    assert.deepEqual(
      contributes.languageModelTools.map((tool) => tool.name),
      Object.keys(modelTools),
    );
    for (const tool of contributes.languageModelTools) assert.equal(tool.toolReferenceName, tool.name);
  });

  it('lets a model give a task every input that it takes, and nothing else', () => {
    for (const tool of contributes.languageModelTools) {
      const { task: id } = modelTools[tool.name as keyof typeof modelTools];
      const task = tasks.find((each) => each.id === id);
      if (id === null) continue;
      assert.ok(task, `no task ${id}`);
      const properties = Object.keys(tool.inputSchema.properties).filter((name) => name !== 'folder');
      assert.deepEqual(properties.sort(), task.inputs.map((input) => input.name).sort(), tool.name);
    }
  });

  it('names files that are there', () => {
    const files = [
      manifest.icon,
      ...[...contributes.chatAgents, ...contributes.chatPromptFiles, ...contributes.chatSkills].map(
        (each) => each.path,
      ),
      ...[...contributes.yamlValidation, ...contributes.jsonValidation].map((each) => each.url),
    ];
    for (const file of files) assert.ok(existsSync(path.join(root, file)), file);
  });

  it('shows no name in two menus of one kind of session', () => {
    const nameOf = (file: string): string =>
      /([^/]+)(?:\.prompt\.md|\/SKILL\.md)$/.exec(file)?.[1] ?? assert.fail(file);
    const names = (list: readonly Contributed[]): string[] => list.map((each) => nameOf(each.path)).sort();
    assert.deepEqual(names(contributes.chatPromptFiles), [...promptIds].sort());
    assert.deepEqual(names(contributes.chatSkills), [...promptIds].sort());
    for (const prompt of contributes.chatPromptFiles) {
      const skill = contributes.chatSkills.find((each) => nameOf(each.path) === nameOf(prompt.path));
      const sessions = prompt.sessionTypes ?? assert.fail('a prompt file for every session');
      assert.ok(
        skill?.sessionTypes?.every((session) => !sessions.includes(session)),
        prompt.path,
      );
    }
  });

  it('is limited in an untrusted workspace, uses no proposed API and starts by what it reads', () => {
    const { untrustedWorkspaces, virtualWorkspaces } = manifest.capabilities;
    assert.equal(untrustedWorkspaces.supported, 'limited');
    assert.equal(virtualWorkspaces.supported, false);
    for (const setting of untrustedWorkspaces.restrictedConfigurations) {
      assert.ok(setting in contributes.configuration.properties, setting);
    }
    assert.equal(manifest.enabledApiProposals, undefined);
    assert.ok(!manifest.activationEvents.some((event) => event === '*' || event.startsWith('onStartup')));
  });

  it('has a default for every setting that the code reads, and no other setting', () => {
    const source = ['gate/live-gate.ts', 'gate/status.ts', 'chat/participant.ts', 'workspace-world.ts']
      .map((file) => readFileSync(path.join(root, 'src/vscode', file), 'utf8'))
      .join('\n');
    const read = new Set(
      [...source.matchAll(/\.get\(\s*'([a-zA-Z.]+)'/g)].map((match) => `releaseGate.${match[1] ?? ''}`),
    );
    assert.deepEqual([...read].sort(), Object.keys(contributes.configuration.properties).sort());
  });
});
