import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createParsers } from '../../../src/adapters/parsers';
import { defaultConfiguration, readConfiguration, TOP_KEYS } from '../../../src/core/gate/configuration';
import { starterConfiguration } from '../../../src/core/gate/starter-configuration';
import { readWorkflow } from '../../../src/core/workflow/read';
import { understandWorkflows } from '../../../src/core/workflow/understand';

async function starter(...environments: readonly string[]): Promise<string> {
  const jobs = environments
    .map((name, at) => `  job${at}:\n    environment: ${name}\n    runs-on: x\n    steps: [{ run: make }]\n`)
    .join('');
  const workflow = readWorkflow('.github/workflows/deploy.yml', `on: push\njobs:\n${jobs}`);
  const none = { productionEnvironments: [], otherEnvironments: [] };
  return starterConfiguration(understandWorkflows([workflow], await createParsers().shell(), none)).after;
}

describe('the configuration to start from', () => {
  it('changes nothing as it is', async () => {
    const text = await starter('production', 'frankfurt');
    assert.deepEqual(readConfiguration('x.yml', text), { ok: true, configuration: defaultConfiguration });
  });

  it('is a configuration without a mistake once its comments are taken away', async () => {
    const text = await starter('production', 'staging', '"eu: west #1"');
    const said = text.replace(/^# (?! ).*$/gm, '').replace(/^#/gm, '');
    const reading = readConfiguration('x.yml', said);
    assert.ok(reading.ok, JSON.stringify(reading));
    assert.deepEqual(reading.configuration.productionEnvironments, ['production']);
    for (const key of TOP_KEYS.filter((each) => !['operations', 'online'].includes(each))) {
      assert.match(text, new RegExp(`^#${key}:`, 'm'));
    }
  });

  it('names the environments found, and asks a person where the name does not say', async () => {
    const text = await starter('production', 'staging', 'frankfurt');
    for (const line of [
      '# - frankfurt (deploy.yml)',
      '# - production (deploy.yml)',
      '# UNKNOWN(whether frankfurt is production): put it into one of the lists.',
      '#  production: [production]',
      '#  other: [staging]',
    ]) {
      assert.ok(text.split('\n').includes(line), `${line}\nis missing in\n${text}`);
    }
    assert.match(starterConfiguration(null).after, /No workflow names an environment yet/);
  });

  it('keeps a name of the repository inside its comment', async () => {
    const text = await starter('"a\\nonline: true"');
    assert.ok(
      text.split('\n').every((line) => line === '' || line.startsWith('#')),
      text,
    );
  });
});
