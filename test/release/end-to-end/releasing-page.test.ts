import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, describe, it } from 'mocha';
import path from 'node:path';
import { readConfiguration } from '../../../src/core/gate/configuration';
import { readSmokeSection } from '../../../src/core/release/smoke-cases';
import { makeReleaseWorld, type ReleaseWorld, type WorldOptions } from '../world/release-world';
import { attend, jsonOf, released } from './attend';

const PAGE = readFileSync('docs/releasing.md', 'utf8');

const blocks = (language: string): readonly string[] =>
  [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, text]) => text ?? '',
  );

const script = blocks('sh').find((text) => text.startsWith('#!/usr/bin/env bash')) ?? '';

/** Stands for the cluster: what the script of the page sets, the tests' own platform deploys. */
const KUBECTL = [
  '#!/bin/sh',
  'case $* in',
  '  "set image deployment/orders orders=registry.example.com/orders:"*)',
  '    version=${4#orders=registry.example.com/orders:}',
  '    orders-platform deploy "$version" 100% ;;',
  '  "rollout status deployment/orders --timeout=4m") echo "deployment orders successfully rolled out" ;;',
  '  *) echo "kubectl does not know $*" >&2; exit 1 ;;',
  'esac',
  '',
].join('\n');

describe('docs/releasing.md', function () {
  this.timeout(180_000);
  const worlds = new Set<ReleaseWorld>();
  const made = async (options: WorldOptions): Promise<ReleaseWorld> => {
    const world = await makeReleaseWorld({ ...options, files: { 'scripts/deploy.sh': script } });
    worlds.add(world);
    writeFileSync(path.join(path.dirname(world.root), 'bin', 'kubectl'), KUBECTL, { mode: 0o755 });
    return world;
  };
  after(() => Promise.all([...worlds].map((world) => world.close())));

  it('shows configurations that are read, with what it says of them', () => {
    const settings = blocks('yaml').filter((text) => /^release:/m.test(text));
    assert.ok(settings.length >= 3);
    for (const text of settings) {
      const read = readConfiguration('.github/release-gate.yml', text);
      assert.ok(read.ok, `${JSON.stringify(read)}\n${text}`);
    }
    const worked = settings.find((text) => /^readiness:/m.test(text)) ?? '';
    const read = readConfiguration('.github/release-gate.yml', worked);
    assert.ok(read.ok);
    const { watch, deploy } = read.configuration.release;
    assert.deepEqual(
      watch.metrics.map(({ name }) => name),
      ['health', 'error rate', 'p99 latency', 'request rate', 'queue depth'],
    );
    assert.deepEqual(deploy.rollbackArguments, ['--rollback', '{target}']);
  });

  it('shows smoke tests that are read as cases', () => {
    const section = blocks('markdown').find((text) => text.startsWith('## Production Smoke Tests')) ?? '';
    const { tests, problems } = readSmokeSection(section, 'Production Smoke Tests');
    assert.deepEqual(problems, []);
    assert.deepEqual(
      tests.map(({ name, request, statuses, isWrite }) => [
        name,
        `${request?.method} ${request?.url}`,
        statuses.join(),
        isWrite,
      ]),
      [
        ['Read orders', 'GET /orders', '200', false],
        ['Place an order', 'POST /orders', '201', true],
      ],
    );
  });

  it('shows a script that is released by, and by which somebody goes back afterwards', async () => {
    const world = await made({});
    const { ended, json } = await released(world);
    assert.deepEqual([ended.status, json.verdict], [0, 'Released'], ended.err + ended.out);
    assert.equal(world.live(), '1.0.1');
    assert.deepEqual(world.deployments(), ['1.0.1 100%']);
    const back = attend(world, world.start(['rollback', '--env', 'production', '--format', 'json']), {
      start: (question) => {
        assert.equal(question.text, 'Go back on production from 1.0.1 to 1.0.0?');
        return { choice: 'start', text: 'production 1.0.1' };
      },
    });
    const rolledBack = await back.ended;
    const { verdict, isRollbackVerified } = jsonOf(rolledBack);
    assert.deepEqual([rolledBack.status, verdict, isRollbackVerified], [1, 'Rolled-Back', true]);
    assert.equal(world.live(), '1.0.0');
  });

  it('says truly that a rollback whose target nothing tells, and a drill in production, touch nothing', async () => {
    const world = await made({ metrics: 'probes' });
    const back = await world.run(['rollback', '--env', 'production', '--version', '0.0.1']);
    assert.equal(back.status, 2);
    assert.match(
      back.out,
      /Aborted: it cannot be gone back: no record and no tag tells a version to go back to: name it with --to/,
    );
    const drill = await world.run(['drill', '--env', 'production', '--version', '1.0.1']);
    assert.equal(drill.status, 2);
    assert.match(drill.err, /a drill deploys only to go back, so none is run in production/);
    assert.deepEqual([world.runs().length, world.deployments(), world.rollbacks()], [1, [], []]);
  });

  it('goes back by the same script where the version errs', async () => {
    const world = await made({ versions: { '1.0.1': { errorRate: 0.5 } } });
    const { ended, json } = await released(world);
    assert.deepEqual([ended.status, json.verdict], [1, 'Rolled-Back'], ended.err + ended.out);
    assert.equal(world.live(), '1.0.0');
  });
});
