import assert from 'node:assert/strict';
import { unwrapCommand } from '../../../src/core/shell/wrappers';

describe('wrappers of a command', () => {
  for (const [wrapped, expected] of [
    ['sudo -u deploy timeout 5m npm test', 'npm test'],
    ['env A=b -u C npm test', 'npm test'],
    ['xargs -n 1 -I {} eslint {}', 'eslint {}'],
    ['nice -n 10 ionice -c 3 npm test', 'npm test'],
    ['stdbuf -oL setsid npm test', 'npm test'],
    ['command npm test', 'npm test'],
    ['command -v eslint', 'command -v eslint'],
    ['python3 -m pytest -q', 'pytest -q'],
    ['docker compose exec -T api npm test', 'npm test'],
    ['/usr/bin/kubectl apply', 'kubectl apply'],
    ['/usr/local/bin/kubectl apply', 'kubectl apply'],
    ['./node_modules/.bin/jest --ci', 'jest --ci'],
    ['sudo', 'sudo'],
    ['npm test', 'npm test'],
  ] as const) {
    it(`takes "${wrapped}" for "${expected}"`, () => {
      assert.equal(unwrapCommand(wrapped.split(' ')).join(' '), expected);
    });
  }
});
