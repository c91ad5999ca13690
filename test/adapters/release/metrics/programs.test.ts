import { strict as assert } from 'node:assert';
import { promises as fs } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { numbersIn } from '../../../../src/adapters/release/metrics/program-source';
import type { MetricKind, MetricSettings } from '../../../../src/core/evidence/release-settings';
import type { Sample } from '../../../../src/core/release/watch/samples';
import { metric, readerOf } from './scene';

const T = new Date('2026-11-26T21:00:00Z');

describe('metrics from programs', () => {
  let folder: string;
  before(async () => (folder = await fs.mkdtemp(path.join(os.tmpdir(), 'release-gate-metrics-'))));
  after(() => fs.rm(folder, { recursive: true, force: true }));

  const program = async (name: string, text: string): Promise<string> => {
    await fs.writeFile(path.join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return `./${name}`;
  };
  const command = (kind: MetricKind, ...argv: readonly string[]): MetricSettings =>
    metric('number', kind, { from: 'command', command: argv });
  const check = (...argv: readonly string[]): MetricSettings =>
    metric('check', 'health', { from: 'check', command: argv });
  const reader = (
    settings: Parameters<typeof readerOf>[0] = {},
    options: Parameters<typeof readerOf>[1] = {},
  ): ReturnType<typeof readerOf> => readerOf(settings, { root: folder, ...options });
  const pollOf = async (each: MetricSettings, settings = {}): Promise<Sample | undefined> =>
    (await reader(settings).poll(1, [each], T)).samples[each.name];

  it('are what they print: one number, two, or JSON', () => {
    const read = (text: string, kind: MetricKind): Sample => numbersIn(text, command(kind, 'cw'), 'cw');
    assert.deepEqual(read('12.5\n', 'saturation'), { kind: 'value', value: 12.5 });
    assert.deepEqual(read('3 1200\n', 'errors'), { kind: 'counts', bad: 3, all: 1200 });
    assert.deepEqual(read('3\t1200', 'errors'), { kind: 'counts', bad: 3, all: 1200 });
    assert.deepEqual(read('{"bad": 3.0, "all": 1200}', 'errors'), { kind: 'counts', bad: 3, all: 1200 });
    assert.deepEqual(read('{"value": 3e2}', 'latency'), { kind: 'value', value: 300 });
    assert.deepEqual(read('0 0', 'errors'), { kind: 'no-traffic' });
    assert.deepEqual(read('120', 'traffic'), { kind: 'value', value: 120 });
    // As Node prints numbers where FORCE_COLOR is set.
    assert.deepEqual(read('\u001b[33m3\u001b[39m \u001b[33m1200\u001b[39m\n', 'errors'), {
      kind: 'counts',
      bad: 3,
      all: 1200,
    });
  });

  it('are unreadable where they print anything else, and what they print is not repeated', () => {
    const why = (text: string, kind: MetricKind = 'errors'): string => {
      const sample = numbersIn(text, command(kind, 'cw'), 'cw');
      assert.ok(sample.kind === 'missing', JSON.stringify(sample));
      assert.ok(!sample.detail.includes('s3cret'));
      return `${sample.why}: ${sample.detail}`;
    };
    assert.match(why('s3cret'), /^unreadable: cw printed something other than/);
    assert.match(why('1 2 3'), /^unreadable/);
    assert.match(why('12.5'), /^unreadable: cw printed one number: "number" is judged by two, bad and all$/);
    assert.match(why('1200 3'), /^unreadable: cw printed more bad ones than all/);
    assert.match(why('-1 5'), /^unreadable: cw printed a negative count$/);
    assert.match(why('{"bad": "3"}'), /^unreadable/);
    assert.match(why('[1,2]'), /^unreadable/);
    assert.match(why(''), /^unreadable: cw printed nothing/);
    assert.match(why('None'), /^empty/);
    assert.match(why('{"value": null}', 'saturation'), /^empty/);
    assert.match(why('NaN', 'saturation'), /^empty/);
  });

  it('are numbers or missing, whatever is printed', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.json(), fc.double().map(String)),
        fc.constantFrom<MetricKind>('errors', 'latency', 'traffic', 'health', 'own', 'count'),
        (text, kind) => {
          const sample = numbersIn(text, command(kind, 'cw'), 'cw');
          if (sample.kind === 'value') assert.ok(Number.isFinite(sample.value));
          if (sample.kind === 'counts') assert.ok(sample.bad >= 0 && sample.bad <= sample.all);
        },
      ),
    );
  });

  it('get no shell, and the ends of the interval where they ask for them', async () => {
    const name = await program(
      'echo.sh',
      `[ "$1 $2" = '2026-11-26T20:59:00.000Z 2026-11-26T21:00:00.000Z' ] && [ "$3" = '$(id)' ] && echo 1 10`,
    );
    assert.deepEqual(await pollOf(command('errors', name, '{from}', '{to}', '$(id)')), {
      kind: 'counts',
      bad: 1,
      all: 10,
    });
  });

  it('that fail, hang or are not there are missing', async () => {
    const why = async (each: MetricSettings, settings = {}): Promise<string> => {
      const sample = await pollOf(each, settings);
      return sample?.kind === 'missing' ? `${sample.why}: ${sample.detail}` : JSON.stringify(sample);
    };
    const fails = await program('fails.sh', 'echo token s3cret >&2; exit 3');
    assert.equal(await why(command('errors', fails)), 'unreachable: ./fails.sh ended with status 3');
    assert.equal(await why(command('errors', 'no-such-cli')), 'unreachable: no-such-cli is not installed');
    const hangs = await program('hangs.sh', 'sleep 30');
    const started = performance.now();
    assert.match(await why(command('errors', hangs), { intervalMs: 2000 }), /^unreachable: \.\/hangs\.sh /);
    assert.ok(performance.now() - started < 2000);
    const garbage = await program('garbage.sh', 'head -c 3000000 /dev/zero');
    assert.match(await why(command('errors', garbage)), /^unreadable: .* prints more than numbers$/);
  });

  it('quote what they complained of only where it is masked', async () => {
    const fails = await program('complains.sh', 'echo "no access with token s3cret" >&2; exit 3');
    const own = reader({}, { mask: (text) => text.replace('s3cret', '***') });
    const { samples } = await own.poll(1, [check(fails)], T);
    assert.deepEqual(
      samples['check']?.kind === 'check' ? samples['check'].detail : null,
      './complains.sh ended with status 3: no access with token ***',
    );
  });

  it('that check are well by their status; one that cannot be run is missing, not failed', async () => {
    const well = await pollOf(check(await program('well.sh', 'exit 0')));
    assert.ok(well?.kind === 'check' && well.isWell && well.ms !== null);
    const ill = await pollOf(check(await program('ill.sh', 'exit 1')));
    assert.ok(ill?.kind === 'check' && !ill.isWell);
    assert.equal(ill.detail, './ill.sh ended with status 1');
    for (const argv of [['./not-there.sh'], [await program('no-curl.sh', 'no-such-program')]]) {
      const sample = await pollOf(check(...argv));
      assert.ok(sample?.kind === 'missing' && sample.why === 'not-run', JSON.stringify(sample));
    }
  });

  it('have a past where they take its ends, doubled until it holds 100 bad ones', async () => {
    const name = await program('past.sh', 'echo "$1" >> asked; echo 1 50');
    const settings = { baselineMinutes: 5 };
    const past = (await reader(settings).past([command('errors', name, '{from}', '{to}')], T))['number'];
    // 5, 10, 20, 40, 80 and 160 minutes.
    assert.equal(past?.baseline.length, 160);
    assert.ok(past?.baseline.every((sample) => sample?.kind === 'counts' && sample.all === 50));
    assert.equal(past?.history, null);
    const asked = new Set((await fs.readFile(path.join(folder, 'asked'), 'utf8')).trim().split('\n'));
    assert.equal(asked.size, 160);
    assert.ok(asked.has('2026-11-26T20:59:00.000Z') && asked.has('2026-11-26T18:20:00.000Z'));
    const none = (await reader(settings).past([command('errors', name)], T))['number'];
    assert.deepEqual(none?.baseline, []);
    assert.match(none?.note ?? '', /takes no \{from\} and \{to\}/);
  });

  it('say in preflight what they answer', async () => {
    const checks = await reader().preflight([
      command('errors', await program('two.sh', 'echo 3 1200')),
      check(await program('bad.sh', 'exit 2')),
    ]);
    assert.deepEqual(
      checks.map(({ isOk, detail }) => [isOk, detail]),
      [
        [true, 'answers: 3 of 1200'],
        [false, 'not well: ./bad.sh ended with status 2'],
      ],
    );
  });
});
