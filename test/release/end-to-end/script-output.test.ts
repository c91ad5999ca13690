import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { assertSound, released } from './attend';
import { filesIn, isWhole, SHORT, whole, worldsOfSuite } from './in-world';

const TOKEN = 'tok_5f2b9d1c77aa4e0e';

describe('what a deploy script prints', function () {
  this.timeout(300_000);
  const inWorld = worldsOfSuite();

  it(`${isWhole ? 'a gigabyte' : 'fifty megabytes'}, bytes that are no text, and secrets: none of them stands anywhere`, () =>
    inWorld(
      {
        ...SHORT,
        deploy: ['secrets', `megabytes ${isWhole ? 1000 : 50}`, 'binary', 'secrets'],
        release: {
          deploy: {
            arguments: ['{version}'],
            'rollback-arguments': ['--rollback', '{target}'],
            idle: '10s',
            limit: '240s',
          },
        },
      },
      async (world) => {
        const { ended, json, attended } = await released(world);
        assert.deepEqual([ended.status, json.verdict], [0, 'Released'], ended.err + ended.out);
        const [script] = attended.tail()?.state.scripts ?? [];
        assert.ok((script?.outcome.bytes ?? 0) > (isWhole ? 1e9 : 5e7), `${script?.outcome.bytes} bytes`);
        const files = filesIn(path.join(world.root, 'docs/release/records'));
        for (const { file, bytes } of files) assert.ok(!bytes.includes(TOKEN), file);
        for (const { file, bytes } of filesIn(path.join(world.root, '.git')))
          assert.ok(!bytes.includes(TOKEN), file);
        assert.ok(!ended.out.includes(TOKEN) && !ended.err.includes(TOKEN));
        const record = world.record(json.run);
        assert.ok(record.length < 200_000, `the record has ${record.length} characters`);
        assert.ok(
          !record.includes('\u0000') && !/[\u0001-\u0008\u000e-\u001f]/.test(record),
          'the record is text',
        );
        const kept = files.filter(({ file }) => file.startsWith(`${json.run}.journal`));
        const size = kept.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
        assert.ok(size < 150e6, `${size} bytes are kept`);
        assertSound(world, json.run);
      },
    ));

  whole('nothing at all', () =>
    inWorld(
      {
        ...SHORT,
        files: {
          'scripts/deploy.sh': readFileSync(
            'test/release/world/fixtures/orders/scripts/deploy.sh',
            'utf8',
          ).replaceAll(/^ *echo "(?!usage).*"$/gm, '    :'),
        },
      },
      async (world) => {
        const { ended, json, attended } = await released(world);
        assert.deepEqual([ended.status, json.verdict], [0, 'Released'], ended.err + ended.out);
        assert.equal(attended.tail()?.state.scripts[0]?.outcome.bytes, 0);
        assertSound(world, json.run);
      },
    ),
  );

  whole('a hang of a process that left its group and its session', () =>
    inWorld({ ...SHORT, deploy: ['change', 'hang-setsid'] }, async (world) => {
      const { ended, json } = await released(world);
      assert.deepEqual([ended.status, json.verdict], [1, 'Rolled-Back'], ended.err + ended.out);
      assert.match(json.reason, /Deploy hung - manual investigation required/);
      assert.match(world.record(json.run), /sleep 600/);
      assertSound(world, json.run);
    }),
  );
});
