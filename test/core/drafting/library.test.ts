import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import {
  agentTexts,
  promptTexts,
  promptWithAgent,
  readAgent,
  readPrompt,
} from '../../../src/core/drafting/library';
import { skillFromPrompt } from '../../../src/core/drafting/skill';
import { vscodeTools } from '../../../src/core/drafting/vscode-tools';
import { modelTools } from '../../../src/core/tasks/model-tools';
import { tasks } from '../../../src/core/tasks/index';

const ids = [
  'release-plan-from-change',
  'generate-gh-actions-pipeline',
  'secure-cloud-auth-with-oidc',
  'extract-reusable-workflows',
  'runbook-for-deployment',
  'postmortem-skeleton',
  'is-this-release-ready',
  'rollback-runbook',
  'environment-matrix',
  'secrets-rotation-plan',
  'pipeline-review',
  'verification-report',
  'release-notes',
  'incident-update',
];

const isOurs = (tool: string): tool is keyof typeof modelTools => Object.hasOwn(modelTools, tool);

function agentOf(name: string): ReturnType<typeof readAgent> & { ok: true } {
  const reading = readAgent(agentTexts[name] ?? '');
  assert.ok(reading.ok, name);
  return reading;
}

describe('the prompt and agent files', () => {
  it('are the files of the folders, under the names that users know', () => {
    assert.deepEqual(Object.keys(promptTexts), ids);
    assert.deepEqual(readdirSync('prompts').sort(), ids.map((id) => `${id}.prompt.md`).sort());
    assert.deepEqual(
      readdirSync('agents').sort(),
      Object.keys(agentTexts)
        .map((id) => `${id}.agent.md`)
        .sort(),
    );
    for (const [id, text] of Object.entries(promptTexts)) {
      assert.equal(text, readFileSync(`prompts/${id}.prompt.md`, 'utf8'));
    }
  });

  it('say who they are and belong together', () => {
    for (const id of ids) {
      const { prompt, agent } = promptWithAgent(id);
      assert.equal(prompt.name, id);
      assert.ok(prompt.description.length > 20 && prompt.description.length < 200, id);
      assert.ok(Object.hasOwn(agentTexts, agent.name), agent.name);
    }
    for (const [name] of Object.entries(agentTexts)) assert.equal(agentOf(name).value.name, name);
  });

  it('name only tools that exist: ours, or documented ones of VS Code', () => {
    for (const [name, text] of [...Object.entries(promptTexts), ...Object.entries(agentTexts)]) {
      const reading = Object.hasOwn(agentTexts, name) ? readAgent(text) : readPrompt(text);
      assert.ok(reading.ok);
      const { tools, body } = reading.value;
      for (const tool of tools)
        assert.ok(isOurs(tool) || Object.hasOwn(vscodeTools, tool), `${name}: ${tool}`);
      for (const [, tool] of body.matchAll(/#tool:([\w/]+)/g)) {
        assert.ok(tools.includes(tool ?? ''), `${name} speaks of ${tool}, which it may not use`);
      }
      for (const [tool] of body.matchAll(/release_gate_\w+/g)) {
        assert.ok(isOurs(tool), `${name} speaks of ${tool}, which does not exist`);
      }
    }
  });

  it('give the gate no tool that writes or executes', () => {
    for (const tool of agentOf('prod-risk-and-rollback-gate').value.tools) {
      assert.equal(isOurs(tool) ? modelTools[tool].writes : vscodeTools[tool]?.writes, false, tool);
    }
  });

  it('hand over to agents that exist, and say what they decline', () => {
    for (const name of Object.keys(agentTexts)) {
      const { handoffs, body } = agentOf(name).value;
      assert.ok(handoffs.length > 0, name);
      for (const handoff of handoffs) {
        assert.ok(Object.hasOwn(agentTexts, handoff.agent) && handoff.agent !== name, handoff.agent);
        assert.equal(handoff.send, false, 'a person looks before it goes on');
      }
      assert.match(body, /## What you decline, and who does it/);
    }
  });

  it('keep the inputs that the tasks know', () => {
    for (const task of tasks) {
      const { prompt } = promptWithAgent(task.id);
      const names = prompt.inputs.map((input) => input.name);
      for (const name of ['repo_context', 'environments', 'constraints'])
        assert.ok(names.includes(name), task.id);
      for (const name of names) {
        assert.ok(
          task.inputs.some((input) => input.name === name),
          `${task.id} does not take ${name}`,
        );
      }
    }
  });

  it('are contributed as skills made from the same text', () => {
    for (const id of ids) {
      assert.equal(
        readFileSync(`skills/${id}/SKILL.md`, 'utf8'),
        skillFromPrompt(promptTexts[id] ?? ''),
        `run npm run skills`,
      );
    }
  });

  it('are read strictly: front matter that is code, missing or odd is refused', () => {
    const refused = [
      '---js\nmodule.exports = { name: process.exit(1) }\n---\nbody',
      '---javascript\n{ name: "x" }\n---\nbody',
      'no front matter',
      '---\nname: x\n---\nbody',
      '---\nname: x\ndescription: y\nagent: z\ntools: all\n---\nbody',
      '---\nname: [x\n---\nbody',
    ];
    for (const text of refused) assert.equal(readPrompt(text).ok, false, text);
    assert.equal(readAgent('---\nname: x\ndescription: y\nhandoffs: [{ label: a }]\n---\n').ok, false);
  });
});
