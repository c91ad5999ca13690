import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { renderText } from '../../../../src/core/gate/reports/text';
import { check, describeFixtures, findingsIn } from '../rule-fixtures';

describeFixtures('committed-secret');

/** Put together here, so that no scanner takes this file for a leak. */
const vendorSecrets: readonly (readonly [string, string])[] = [
  ['an AWS access key id', `AKIA${'Q7XW3ZL5M2NB4KJD'}`],
  ['a GitHub token', `ghp_${'q8Zr2LmV0xTn4KdW9sYb1CeHf6UjPa3RgOi5'}`],
  ['a GitHub token', `github_pat_${'11AQ8ZR2L0mV0xTn4KdW9sYb1CeHf6UjPa3RgOi5q8Zr2LmV0xTn4KdW9sYb1C'}`],
  ['a GitLab token', `glpat-${'q8Zr2LmV0xTn4KdW9sYb'}`],
  ['a Slack token', `xoxb-${'2938475610-q8Zr2LmV0xTn4KdW9sYb'}`],
  ['a Slack webhook', `hooks.slack.com/services/${'T02QZ8RL2/B09MV0XT4/q8Zr2LmV0xTn4KdW9sYb1CeH'}`],
  ['a Google API key', `AIza${'q8Zr2LmV0xTn4KdW9sYb1CeHf6UjPa3RgOi'}`],
  ['a Stripe live key', `sk_live_${'q8Zr2LmV0xTn4KdW9sYb1CeH'}`],
  ['an npm token', `npm_${'q8Zr2LmV0xTn4KdW9sYb1CeHf6UjPa3RgOi5'}`],
  ['a DigitalOcean token', `dop_v1_${'9f8e2c1ab7d64e03'.repeat(4)}`],
  ['an Azure storage key', `AccountKey=${'q8Zr2LmV0xTn4KdW9sYb1CeHf6UjPa3RgOi5q8Zr2Lm'.repeat(2)}==`],
];

describe('committed-secret', () => {
  for (const [name, secret] of vendorSecrets) {
    it(`blocks on ${name}, wherever it stands, and never shows it`, async () => {
      const workflow = `on: push\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: npm test\n        env:\n          KEY: "${secret}"\n`;
      const [finding, ...others] = await findingsIn('committed-secret', workflow);
      assert.equal(others.length, 0);
      assert.equal(finding?.severity, 'block');
      assert.ok(finding.message.includes(name), finding.message);
      const report = await check({ '.github/workflows/workflow.yml': workflow });
      const text = renderText([report]);
      assert.ok(text.includes('committed-secret') && text.includes('****'), text);
      assert.ok(!text.includes(secret));
      assert.ok(!JSON.stringify(report).includes(secret));
    });
  }
});
