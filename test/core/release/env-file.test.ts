import { strict as assert } from 'node:assert';
import { environmentOf, isPlaceholder, judgeEnvFile, readEnvFile } from '../../../src/core/release/env-file';

const PATHS = { envFile: '.env', envTemplate: '.env.example' };

describe('environment files', () => {
  it('are read as dotenv, Docker and a shell agree', () => {
    const file = readEnvFile(
      [
        '\uFEFF# a comment',
        'A=plain',
        'export B = "two words"  # why',
        "C='single $NOT # kept'",
        'D="line one\\nline two"',
        'E="begins',
        'goes on # not a comment',
        'ends"',
        'F=with#hash and',
        'G=value # comment',
        'H=',
        'I="say \\"hi\\" \\\\ there"',
        'J="${A}/sub"',
        'A=again',
        '',
      ].join('\r\n'),
    );
    assert.deepEqual(environmentOf(file), {
      B: 'two words',
      C: 'single $NOT # kept',
      D: 'line one\nline two',
      E: 'begins\ngoes on # not a comment\nends',
      F: 'with#hash and',
      G: 'value',
      H: '',
      I: 'say "hi" \\ there',
      J: 'plain/sub',
      A: 'again',
    });
    assert.deepEqual(
      file.problems.map(({ line, message }) => `${line} ${message.slice(0, 50)}`),
      ['9 The value of F in line 9 holds a blank without quo'],
    );
    assert.equal(file.variables.find(({ name }) => name === 'F')?.line, 9);
  });

  it('say what a shell would read otherwise, and run nothing', () => {
    const file = readEnvFile('A=$(whoami)\nB="pa$$word $HOME"\nC=`id`\nD=${UNSET}/x\nnonsense\nE="open\nF=1');
    assert.deepEqual(
      file.problems.map(({ line, message }) => `${line}: ${message}`),
      [
        '1: The value of A in line 1 is a command, which is not run here; write its result, or put it in single quotes',
        '2: The value of B in line 2 holds $word, which a shell replaces and others do not; put it in single quotes, or write what is meant',
        '3: The value of C in line 3 is a command, which is not run here; write its result, or put it in single quotes',
        '4: The value of D in line 4 holds ${UNSET}, which a shell replaces and others do not; put it in single quotes, or write what is meant',
        '5: Line 5 is no NAME=value; write one, or make it a comment',
        '6: The quote of E in line 6 is not closed; close it',
      ],
    );
    assert.equal(environmentOf(file).F, '1');
  });

  it('are held against the template: missing, empty, optional', () => {
    const template = readEnvFile(
      'A=\nB=x\nC=1 # optional\n# optional: only with Sentry\nSENTRY_DSN=\n# D=not asked\nE=\n',
    );
    const findings = judgeEnvFile(readEnvFile('A=set\nE=\nEXTRA=fine\n'), template, PATHS);
    assert.deepEqual(
      findings.map(({ name, what, message }) => `${name} ${what}: ${message}`),
      [
        'B missing: B of .env.example is not set in .env; set it, or mark it optional in the template',
        'E empty: E is empty in .env; set it, or mark it optional in .env.example',
      ],
    );
  });

  it('hold no placeholder, and the value is never repeated', () => {
    const placeholders = [
      'changeme',
      'CHANGE_ME',
      'change-me-in-production',
      '<your key>',
      '{{ token }}',
      'xxx',
      'XXXXXXXX',
      '***',
      '...',
      'TODO',
      'TODO: ask Ada',
      'your-api-key-here',
      'your_secret',
      'replace-me',
      'insert-token-here',
      'tbd',
      'some-secret',
      'postgres://app:changeme@db/x',
      '[your token]',
    ];
    for (const value of placeholders) assert.ok(isPlaceholder(value, 'API_URL'), value);
    const real = [
      'https://api.acme.io',
      'production',
      'eu-west-1',
      'mysql',
      'your-company.com',
      'a-team',
      'todos',
      'xx',
      'secret-santa',
      'my-bucket-7f3a',
      'change-log',
      '0',
      'example',
      'set',
      'tokens',
      'password',
      'some-service',
      'my-shop-name-service',
    ];
    for (const value of real) assert.ok(!isPlaceholder(value, 'NAME'), value);
    for (const value of ['password', 'secret', '123456', 'test'])
      assert.ok(isPlaceholder(value, 'DB_PASSWORD'), value);
    const template = readEnvFile('DB_PASSWORD=local-dev-pw\nREGION=eu-west-1');
    const findings = judgeEnvFile(
      readEnvFile('DB_PASSWORD=local-dev-pw\nREGION=eu-west-1\nTOKEN=changeme'),
      template,
      PATHS,
    );
    assert.deepEqual(
      findings.map(({ message }) => message),
      [
        'DB_PASSWORD has the value of .env.example in line 1 of .env; put the real value there',
        'TOKEN holds a placeholder in line 3 of .env; put the real value there',
      ],
    );
  });
});
