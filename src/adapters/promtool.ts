import { promises as fs } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RuleChecker } from '../core/ports';
import { runProgram } from './programs';

const TIMEOUT_MS = 20_000;
const MAX_DETAIL = 600;

/**
 * Asks the `promtool` of the PATH about rules. It gets a file in a temporary folder (older releases read no standard input)
 * and sees nothing of the repository.
 */
export function createRuleChecker(): RuleChecker {
  return {
    check: async (rules, signal) => {
      signal?.throwIfAborted();
      const folder = await fs.mkdtemp(path.join(tmpdir(), 'release-gate-rules-'));
      try {
        const file = path.join(folder, 'rules.yml');
        await fs.writeFile(file, rules);
        const result = await runProgram('promtool', ['check', 'rules', file], {
          cwd: folder,
          input: null,
          timeoutMs: TIMEOUT_MS,
          signal,
        });
        if (result.kind === 'failed') return { kind: 'not-asked', detail: `promtool ${result.detail}` };
        if (result.status === 0) return { kind: 'sound' };
        const said = `${result.stderr}\n${result.stdout}`
          .replaceAll(file, 'the rules')
          .replace(/^(?:Checking the rules|\s*FAILED:)\s*$/gm, '')
          .replace(/\s+/g, ' ')
          .trim()
          .slice(0, MAX_DETAIL);
        return { kind: 'refused', detail: said === '' ? `it ended with status ${result.status}` : said };
      } finally {
        await fs.rm(folder, { recursive: true, force: true });
      }
    },
  };
}
