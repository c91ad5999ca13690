import assert from 'node:assert/strict';
import type { DraftModel } from '../../../src/core/ports';
import { TaskFailure, type Task, type TaskResult } from '../../../src/core/tasks/task';
import { answerTask, type ImproveProse } from '../../../src/vscode/chat/answer-task';
import { createMarkdownReply, type MarkdownReply } from '../../../src/vscode/chat/markdown-reply';
import { createProposals } from '../../../src/vscode/proposals/proposals';
import type { Repository } from '../../../src/vscode/repositories';
import { createParsersForTests } from './no-parsers';
import { memoryWorld } from '../../support/world';
import { sampleResult, sampleTask } from '../sample-result';

const repository: Repository = {
  key: 'file:///orders-api',
  name: 'orders-api',
  world: () =>
    Promise.resolve({
      ok: true,
      world: memoryWorld({ 'package.json': '{}' }, createParsersForTests()),
      configurationPath: '.github/release-gate.yml',
    }),
};

const model: DraftModel = { name: 'Scripted', draft: () => Promise.resolve({ ok: true, text: '' }) };

const keepProse: ImproveProse = (result) => Promise.resolve({ result, note: '' });

function start(): { readonly reply: MarkdownReply; readonly proposals: ReturnType<typeof createProposals> } {
  let id = 0;
  return {
    reply: createMarkdownReply(),
    proposals: createProposals(
      () => `p${++id}`,
      () => undefined,
    ),
  };
}

async function run(
  task: Task,
  options: {
    readonly model?: DraftModel;
    readonly improveProse?: ImproveProse;
    readonly signal?: AbortSignal;
    readonly repository?: Repository;
  } = {},
) {
  const { reply, proposals } = start();
  const outcome = await answerTask(
    task,
    { inputs: {}, prompt: 'version: 1' },
    reply,
    {
      repository: options.repository ?? repository,
      proposals,
      model: options.model ?? null,
      improveProse: options.improveProse ?? keepProse,
    },
    options.signal ?? new AbortController().signal,
  );
  return { outcome, text: reply.text(), offers: reply.offers, proposals };
}

describe('answering a command', () => {
  it('says sources, files, unknowns, manual steps and findings, and offers Apply', async () => {
    const { outcome, text, offers } = await run(sampleTask(() => Promise.resolve(sampleResult())));
    assert.deepEqual(outcome, {
      kind: 'answered',
      proposal: 'p1',
      next: [{ task: 'check', label: 'Check the workspace' }],
    });
    for (const part of [
      '`package.json:3`',
      'commit `01234567` Drop the \\*legacy\\* column',
      'Would write 2 files; nothing is written before Apply.',
      '`docs/release/RELEASE_PLAN.md`** (new)',
      '```diff',
      '+permissions: {}',
      '**Not known (1).**',
      '- owner of the release',
      'gh api repos/OWNER/REPO/environments',
      '**The gate** says fail',
      '`.github/workflows/deploy.yml:12`',
      '- old.yml was left alone: it is broken',
    ]) {
      assert.ok(text.includes(part), `${part} in\n${text}`);
    }
    assert.deepEqual(offers, [
      { kind: 'apply', proposal: 'p1', replaces: true },
      { kind: 'show-difference', proposal: 'p1', path: null },
      { kind: 'preview', proposal: 'p1', path: 'docs/release/RELEASE_PLAN.md' },
      { kind: 'check' },
    ]);
  });

  it('offers no Apply where nothing would change', async () => {
    const file = { path: 'a.md', before: 'x', after: 'x', purpose: 'same' };
    const { text, offers } = await run(sampleTask(() => Promise.resolve(sampleResult({ files: [file] }))));
    assert.deepEqual(offers, [{ kind: 'check' }]);
    assert.match(text, /Already as it should be: `a.md`/);
  });

  it('asks for what was not told without holding back the result', async () => {
    const inputs = [{ name: 'schedule', question: 'When is the window?', isAsked: true }];
    const { text, offers } = await run(sampleTask(() => Promise.resolve(sampleResult()), inputs));
    assert.match(text, /Not told[\s\S]*`schedule:` When is the window\?/);
    assert.deepEqual(offers.at(-1), {
      kind: 'answer',
      task: 'release-plan-from-change',
      prompt: 'version: 1',
    });
    assert.ok(text.includes('Would write 2 files'));
  });

  it('says a task failure as the answer', async () => {
    const { outcome, text } = await run(
      sampleTask(() => Promise.reject(new TaskFailure('No workflow has static credentials.'))),
    );
    assert.deepEqual(outcome, { kind: 'stopped', message: 'No workflow has static credentials.' });
    assert.equal(text, 'No workflow has static credentials.\n');
  });

  it('says a broken configuration as the answer, and runs nothing', async () => {
    const broken: Repository = {
      ...repository,
      world: () => Promise.resolve({ ok: false, message: 'line 2: unknown key', problems: [] }),
    };
    const task = sampleTask(() => assert.fail('the task must not run'));
    assert.deepEqual((await run(task, { repository: broken })).outcome, {
      kind: 'stopped',
      message: 'line 2: unknown key',
    });
  });

  it('lets a bug through to the face', async () => {
    await assert.rejects(run(sampleTask(() => Promise.reject(new RangeError('bug')))), RangeError);
  });

  it('ends quietly when it is cancelled in the task', async () => {
    const controller = new AbortController();
    const { outcome, offers } = await run(
      sampleTask((_world, { signal }) => {
        controller.abort();
        signal.throwIfAborted();
        return Promise.resolve(sampleResult());
      }),
      { signal: controller.signal },
    );
    assert.deepEqual(outcome, { kind: 'cancelled' });
    assert.deepEqual(offers, []);
  });

  describe('with a model', () => {
    const prose: TaskResult['prose'] = {
      slots: [{ id: 'scope', text: 'Three commits.', purpose: 'the scope' }],
      with: () => Promise.resolve(sampleResult()),
    };
    const task = sampleTask(() => Promise.resolve(sampleResult({ prose })));

    it('shows what the model changed as a proposal of its own', async () => {
      const improveProse: ImproveProse = (result) =>
        Promise.resolve({
          result: {
            ...result,
            files: result.files.map((file) =>
              file.path.endsWith('.md') ? { ...file, after: `${file.after}Better words.\n` } : file,
            ),
          },
          note: 'Scripted reworded one passage.',
        });
      const { outcome, text, offers, proposals } = await run(task, { model, improveProse });
      assert.equal(outcome.kind === 'answered' ? outcome.proposal : null, 'p2');
      assert.deepEqual(
        offers.map((offer) => ('proposal' in offer ? `${offer.kind} ${offer.proposal}` : offer.kind)),
        ['apply p2', 'show-difference p2', 'preview p2', 'check', 'apply-original p1'],
      );
      assert.match(text, /Scripted reworded one passage\.[\s\S]*\+Better words\./);
      assert.ok(!proposals.get('p1')?.result.files[0]?.after.includes('Better words'));
    });

    it('keeps the deterministic result where the model fails', async () => {
      const improveProse: ImproveProse = (result) =>
        Promise.resolve({ result, note: 'The language model failed; the text is the engine’s own.' });
      const { outcome, text } = await run(task, { model, improveProse });
      assert.equal(outcome.kind === 'answered' ? outcome.proposal : null, 'p1');
      assert.match(text, /Would write 2 files[\s\S]*The language model failed/);
    });

    it('has said the deterministic result before the model is cancelled', async () => {
      const controller = new AbortController();
      const improveProse: ImproveProse = (result) => {
        controller.abort();
        return Promise.resolve({ result, note: 'Cancelled before the language model answered.' });
      };
      const { outcome, text, proposals } = await run(task, {
        model,
        improveProse,
        signal: controller.signal,
      });
      assert.deepEqual(outcome, { kind: 'cancelled' });
      assert.match(text, /Would write 2 files/);
      assert.ok(proposals.latest(), 'the palette can still apply it');
      assert.ok(!text.includes('Cancelled before'));
    });

    it('asks no model for a result without prose', async () => {
      const improveProse: ImproveProse = () => assert.fail('nothing to improve');
      await run(
        sampleTask(() => Promise.resolve(sampleResult())),
        { model, improveProse },
      );
    });
  });
});
