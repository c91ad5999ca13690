import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { createMasking, MASK, secretTexts } from '../../../../src/adapters/release/process/masking';
import { openOutput, type OutputLine } from '../../../../src/adapters/release/process/output';

const shown = async (secrets: readonly string[], chunks: readonly Buffer[]): Promise<string> => {
  const lines: OutputLine[] = [];
  const sink = await openOutput({
    path: null,
    masking: createMasking(secrets),
    now: () => new Date(0),
    onLine: (line) => lines.push(line),
  });
  for (const chunk of chunks) sink.take('out', chunk);
  const { tail } = await sink.end();
  assert.deepEqual(lines.map(({ text }) => text).slice(-40), tail);
  return tail.join('\n');
};

describe('masking', () => {
  it('leaves what is short, usual or public', () => {
    const secrets = secretTexts({
      variables: {
        PORT: '8080',
        DEBUG: 'true',
        NODE_ENV: 'production',
        NAME: 'abc',
        PIN_PASSWORD: '73ab',
        REGION: 'eu-central-1',
        OTHER: 'some-value',
      },
      publicValues: ['eu-central-1'],
    });
    assert.ok(secrets.includes('some-value') && secrets.includes('73ab'));
    for (const open of ['8080', 'true', 'production', 'abc', 'eu-central-1'])
      assert.ok(!secrets.includes(open), open);
  });

  it('knows the parts of addresses, JSON and connection strings', () => {
    const secrets = secretTexts({
      variables: {
        DATABASE_URL: 'postgres://app:p%40ssw0rd@db/x',
        GOOGLE:
          '{"type":"service_account","private_key":"-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBg\\n-----END PRIVATE KEY-----"}',
        STORE: 'AccountName=acme;AccountKey=Zm9vYmFyYmF6cXV4',
      },
    });
    for (const part of ['p%40ssw0rd', 'p@ssw0rd', 'MIIEvQIBADANBg', 'Zm9vYmFyYmF6cXV4'])
      assert.ok(secrets.includes(part), part);
  });

  it('masks overlapping and adjoining secrets as one each', () => {
    const { mask } = createMasking(['abcdef', 'defghi', 'xyzxyz']);
    assert.equal(mask('1 abcdefghi 2 xyzxyzxyzxyz 3'), `1 ${MASK} 2 ${MASK} 3`);
  });

  it('never shows a secret, wherever writes and lines divide it', async function () {
    this.timeout(60_000);
    const secretText = fc.string({
      minLength: 8,
      maxLength: 60,
      unit: fc.constantFrom(...'abcXYZ019+/=-_$.'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(secretText, { minLength: 1, maxLength: 3 }),
        fc.array(fc.oneof(fc.string({ maxLength: 20 }), fc.constant('\u0000'), fc.constant('\n')), {
          maxLength: 6,
        }),
        fc.array(fc.nat({ max: 400 }), { maxLength: 6 }),
        fc.option(fc.integer({ min: 8, max: 76 }), { nil: null }),
        async (secrets, around, cuts, width) => {
          // A null stands for a secret here; `width` folds it as `fold` and `base64` do.
          const parts = [...around, '\u0000', 'end'].map((part, index) => {
            if (part !== '\u0000') return part.replaceAll('\u0000', '');
            const secret = secrets[index % secrets.length] ?? '';
            return width === null ? secret : secret.replace(new RegExp(`(.{${width}})(?=.)`, 'g'), '$1\n');
          });
          const bytes = Buffer.from(parts.join(''));
          const at = [...new Set([0, ...cuts.filter((cut) => cut < bytes.length), bytes.length])].sort(
            (a, b) => a - b,
          );
          const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
          const text = await shown(secrets, chunks);
          for (const secret of secrets) {
            assert.ok(!text.includes(secret), JSON.stringify({ secret, text }));
            assert.ok(!text.replaceAll('\n', '').includes(secret), JSON.stringify({ secret, text }));
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('leaves text without secrets as it is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: fc.constantFrom(...'abc de.'), maxLength: 30 }), { maxLength: 10 }),
        async (lines) => {
          const text = lines.map((line) => `${line}|\n`).join('');
          assert.equal(
            await shown(['THE-SECRET'], [Buffer.from(text)]),
            lines.map((line) => `${line}|`).join('\n'),
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  it('does not show half a secret where a line is cut', async () => {
    const secret = 'q'.repeat(10) + 'W'.repeat(10);
    for (let shift = 0; shift < 30; shift++) {
      const line = `${'x'.repeat(16384 - shift)}${secret}${'y'.repeat(30_000)}\n`;
      const text = await shown([secret], [Buffer.from(line)]);
      assert.ok(!text.includes('qqq'), text.slice(-80));
    }
  });
});
