import assert from 'node:assert/strict';
import { jobsOf } from '../../../../support/generated-jobs';

const composer = (php: string | null, more: object = {}): string =>
  JSON.stringify({
    name: 'larkmoor/letters',
    type: 'project',
    require: { ...(php ? { php } : {}), 'ext-intl': '*' },
    scripts: { 'test:unit': 'phpunit' },
    ...more,
  });

describe('setup of PHP in generated pipelines', () => {
  it('takes a version that the manifest allows, its extensions and the locked packages', async () => {
    const { jobs, text, notes } = await jobsOf({
      'composer.json': composer('^8.2'),
      'composer.lock': '{}',
      artisan: '',
      '.env.example': '',
    });
    assert.deepEqual(jobs['unit']?.slice(1), [
      'shivammathur/setup-php',
      'actions/cache',
      'composer install --no-interaction --no-progress --prefer-dist',
      'cp .env.example .env\nphp artisan key:generate',
      'composer run-script test:unit',
    ]);
    assert.deepEqual(jobs['audit']?.slice(-1), ['composer audit --locked --abandoned=report']);
    assert.match(text, /php-version: "8\.4"\n\s+extensions: intl\n\s+coverage: none/);
    assert.ok(!text.includes('codeql-action'), 'CodeQL does not read PHP');
    assert.ok(notes.some((note) => note.startsWith('CodeQL does not read PHP')));
    assert.ok(notes.includes('composer.json asks for PHP ^8.2; the pipeline takes 8.4.'));
  });

  for (const [constraint, taken] of [
    ['>=7.4 <8.2', '8.1'],
    ['^7.4|^8.0', '8.4'],
    ['~8.3.0', '8.3'],
    ['8.1.*', '8.1'],
    ['>=8.5', '8.5'],
    ['8.2.12', '8.2'],
  ] as const) {
    it(`takes ${taken} for ${constraint}`, async () => {
      const { text } = await jobsOf({ 'composer.json': composer(constraint) });
      assert.ok(text.includes(`php-version: "${taken}"`), text);
    });
  }

  it('says that nothing is locked, and caches nothing then', async () => {
    const { jobs, notes } = await jobsOf({ 'composer.json': composer(null) });
    assert.ok(!jobs['unit']?.includes('actions/cache'));
    assert.ok(notes.includes('composer.json has no lock file, so two builds of one commit may differ.'));
    assert.ok(notes.includes('No file pins the version for composer.json; the pipeline takes PHP 8.4.'));
  });
});
