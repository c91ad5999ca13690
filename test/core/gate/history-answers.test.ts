import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkRepository, createReadingCache, type ReadingCache } from '../../../src/core/gate/check';
import { HistoryFailure, type Commit, type History } from '../../../src/core/ports';
import { readConfiguration } from '../../../src/core/gate/configuration';
import { commitOn } from '../../support/told-history';
import { memoryFiles, noHistory } from '../../support/world';
import { parsers } from '../rules/rule-fixtures';

const RUNBOOK = 'docs/ops/RUNBOOK.md';
const runbook = '---\nkind: runbook\n---\n\n# Runbook\n\n```sh\n./deploy.sh\n```\n';
const old = commitOn('2026-09-01', 'aaaaaaa');
const late = commitOn('2026-11-10', 'bbbbbbb');

interface Asked {
  readonly history: History;
  readonly calls: string[];
}

/** A repository in which the script was changed after the runbook. */
function git(state: Partial<{ head: string; isShallow: boolean; scriptBy: Commit }> = {}): Asked {
  const calls: string[] = [];
  const { head = late.hash, isShallow = false, scriptBy = late } = state;
  const history: History = {
    ...noHistory,
    state: () => {
      calls.push('state');
      return Promise.resolve({ kind: 'git', head, branch: 'main', isShallow });
    },
    lastCommitOf: (path) => {
      calls.push(`last ${path}`);
      return Promise.resolve(path === RUNBOOK ? old : scriptBy);
    },
    fileAt: (commit, path) => {
      calls.push(`text ${commit.slice(0, 7)} ${path}`);
      const text = path === RUNBOOK ? runbook : `echo ${commit}\n`;
      return Promise.resolve({ ok: true, text });
    },
  };
  return { history, calls };
}

async function judge(
  asked: Asked | { readonly history?: History },
  options: { readonly cache?: ReadingCache; readonly asksHistory?: boolean; readonly text?: string } = {},
) {
  const configuration = readConfiguration('.github/release-gate.yml', '');
  assert.ok(configuration.ok);
  const { text = runbook, ...more } = options;
  const report = await checkRepository({
    root: '.',
    files: memoryFiles({ [RUNBOOK]: text, 'deploy.sh': 'echo\n' }),
    parsers,
    configuration: configuration.configuration,
    today: '2026-11-21',
    ...(asked.history ? { history: asked.history } : {}),
    ...more,
  });
  const rule = 'step-script-changed';
  return {
    found: report.findings.filter((finding) => finding.rule === rule).length,
    needs: report.notChecked.filter((entry) => entry.rule === rule).map(({ needs }) => needs),
  };
}

describe('what rules ask of the history', () => {
  it('is asked of git, each question once, and answered within the same check', async () => {
    const asked = git();
    assert.deepEqual(await judge(asked), { found: 1, needs: [] });
    const questions = asked.calls.filter((call) => call !== 'state');
    assert.deepEqual([...new Set(questions)], questions);
    assert.ok(questions.includes('text aaaaaaa deploy.sh') && questions.includes('text bbbbbbb deploy.sh'));
  });

  it('is said to be missing where there is no history, and is never a pass', async () => {
    assert.deepEqual(await judge({}), {
      found: 0,
      needs: ['the history of the repository, which was not asked'],
    });
    const { needs } = await judge({ history: noHistory });
    assert.deepEqual(needs, ['the history of the repository, which is not known: this is no git repository']);
  });

  it('is said to be missing in a shallow clone, whose oldest commit seems to have written everything', async () => {
    const { found, needs } = await judge(git({ isShallow: true }));
    assert.equal(found, 0);
    assert.match(needs.join(), /whole history .* shallow/);
  });

  it('is said to be missing where git fails', async () => {
    const history: History = {
      ...git().history,
      lastCommitOf: () => Promise.reject(new HistoryFailure('an object is damaged')),
    };
    assert.match((await judge({ history })).needs.join(), /an object is damaged/);
  });

  it('asks nothing while somebody types, and goes by what git said before', async () => {
    const asked = git();
    const cache = createReadingCache();
    await judge(asked, { cache });
    asked.calls.length = 0;
    assert.deepEqual(await judge(asked, { cache, asksHistory: false }), { found: 1, needs: [] });
    assert.deepEqual(asked.calls, []);
    // A document that is being changed is not old.
    const typed = await judge(asked, { cache, asksHistory: false, text: `${runbook}\nMore.\n` });
    assert.deepEqual(typed, { found: 0, needs: [] });
    assert.deepEqual(asked.calls, []);
  });

  it('is asked anew when another commit is checked out', async () => {
    const cache = createReadingCache();
    assert.equal((await judge(git(), { cache })).found, 1);
    const other = git({ head: 'c'.repeat(40), scriptBy: old });
    assert.equal((await judge(other, { cache })).found, 0);
    assert.ok(other.calls.includes('last deploy.sh'));
  });

  it('stops with the check', async () => {
    const controller = new AbortController();
    controller.abort(new Error('stopped'));
    const configuration = readConfiguration('.github/release-gate.yml', '');
    assert.ok(configuration.ok);
    await assert.rejects(
      checkRepository({
        root: '.',
        files: memoryFiles({ [RUNBOOK]: runbook, 'deploy.sh': '' }),
        parsers,
        configuration: configuration.configuration,
        today: '2026-11-21',
        history: git().history,
        signal: controller.signal,
      }),
      /stopped/,
    );
  });
});
