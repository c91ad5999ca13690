import assert from 'node:assert/strict';
import { profileOf } from '../../../support/generated-pipeline';
import { commandsTold, stackIn, told } from '../../../support/told-profile';

const json = (data: unknown): string => JSON.stringify(data, null, 2);

describe('profile of a PHP repository', () => {
  it('takes scripts of Composer, and none that only writes', async () => {
    const profile = await profileOf({
      'composer.json': json({
        name: 'larkmoor/letters',
        require: { php: '^8.2', 'ext-intl': '*', 'ext-pdo_pgsql': '*' },
        'require-dev': { 'laravel/pint': '^1.18' },
        scripts: {
          lint: 'pint',
          'test:lint': 'pint --test',
          'test:types': 'phpstan analyse',
          'test:unit': 'pest --ci',
          test: ['@test:lint', '@test:types', '@test:unit'],
        },
      }),
      'composer.lock': json({ packages: [{ name: 'symfony/console' }], 'packages-dev': [] }),
    });
    const [stack] = profile.stacks;
    assert.deepEqual(commandsTold(stack), {
      format: ['composer run-script test:lint @ composer.json:13'],
      'type-check': ['composer run-script test:types @ composer.json:14'],
      unit: ['composer run-script test:unit @ composer.json:15'],
      scan: ['composer audit --locked --abandoned=report @ composer.lock'],
    });
    assert.equal(told(stack?.languageVersion), '^8.2 @ composer.json:4');
    assert.deepEqual(stack?.extensions?.map(told), ['intl @ composer.json:5', 'pdo_pgsql @ composer.json:6']);
    assert.equal(stack?.isPublished, false, 'nothing is autoloaded for others');
  });

  it('calls configured tools that are depended on, suites by their kind', async () => {
    const profile = await profileOf({
      'composer.json': json({
        name: 'larkmoor/tides',
        type: 'library',
        license: 'MIT',
        autoload: { 'psr-4': { 'Tides\\': 'src/' } },
        config: { platform: { php: '8.3.1' } },
        'require-dev': {
          'friendsofphp/php-cs-fixer': '^3',
          'phpstan/phpstan': '^2',
          'phpunit/phpunit': '^11',
          'squizlabs/php_codesniffer': '^3',
        },
      }),
      '.php-cs-fixer.dist.php': '<?php',
      'phpcs.xml.dist': '<ruleset/>',
      'phpstan.neon': '',
      'psalm.xml': '<psalm/>',
      'phpunit.xml.dist':
        '<phpunit>\n<testsuites>\n<testsuite name="Unit">\n</testsuite>\n<testsuite name="Domain">\n</testsuite>\n<testsuite name="Integration">\n</testsuite>\n</testsuites>\n</phpunit>\n',
    });
    const [stack] = profile.stacks;
    assert.deepEqual(commandsTold(stack), {
      format: ['vendor/bin/php-cs-fixer fix --dry-run --diff @ .php-cs-fixer.dist.php'],
      lint: ['vendor/bin/phpcs @ phpcs.xml.dist'],
      'type-check': ['vendor/bin/phpstan analyse --no-progress @ phpstan.neon'],
      unit: ['vendor/bin/phpunit --testsuite Unit,Domain @ phpunit.xml.dist:3'],
      integration: ['vendor/bin/phpunit --testsuite Integration @ phpunit.xml.dist:7'],
    });
    assert.equal(stack?.isPublished, true);
    assert.equal(told(stack?.languageVersion), '8.3.1 @ composer.json:12');
  });

  it('takes the folder of programs that the manifest names, and the PHPUnit of the bridge', async () => {
    const profile = await profileOf({
      'composer.json': json({
        'require-dev': { 'symfony/phpunit-bridge': '^7', 'phpstan/phpstan': '^2' },
        config: { 'bin-dir': 'tools/bin/' },
      }),
      'phpstan.dist.neon': '',
      'phpunit.xml.dist': '<phpunit/>',
    });
    assert.deepEqual(commandsTold(profile.stacks[0]), {
      'type-check': ['tools/bin/phpstan analyse --no-progress @ phpstan.dist.neon'],
      unit: ['tools/bin/simple-phpunit @ phpunit.xml.dist'],
    });
  });

  it('passes over tools that are kept apart, and reports what is broken', async () => {
    const profile = await profileOf({
      'composer.json': '{"name": "larkmoor/shop", "type": "project"}',
      'tools/php-cs-fixer/composer.json': '{"require": {"friendsofphp/php-cs-fixer": "^3"}}',
      'vendor-bin/psalm/composer.json': '{}',
      'legacy/composer.json': '{"name": ',
      'composer.lock': '{',
    });
    assert.deepEqual(
      profile.stacks.map((stack) => stack.folder),
      [''],
    );
    assert.equal(stackIn(profile, '')?.isPublished, false);
    assert.deepEqual(profile.problems?.map((problem) => problem.path).sort(), [
      'composer.lock',
      'legacy/composer.json',
    ]);
  });
});
