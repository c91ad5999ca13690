import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Sample } from '../../../../src/core/release/watch/samples';
import { firstOf, metricOf, settingsOf, watchedAlone } from './support';

interface Column {
  readonly e: readonly (number | null)[];
  readonly n: number | readonly (number | null)[];
}

interface Example {
  readonly id: string;
  readonly name: string;
  readonly kind: 'errors' | 'slow';
  readonly params: { readonly shareHard?: number };
  readonly baseline: Column;
  readonly history: Column | null;
  readonly watch: Column;
  readonly expected: {
    readonly hard: number | null;
    readonly hardWhy: string | null;
    readonly soft: number | null;
    readonly softWhy: string | null;
    readonly lnEvidenceAtHard: number | null;
    readonly maxLnEvidence: number;
    readonly phiBase: number;
    readonly phiHist: readonly number[] | null;
  };
}

const { examples } = JSON.parse(
  readFileSync(path.join(__dirname, '../../../fixtures/watch/examples.json'), 'utf8'),
) as { readonly examples: readonly Example[] };

function samplesOf({ e, n }: Column): (Sample | null)[] {
  return e.map((bad, index) => {
    const all = typeof n === 'number' ? n : (n[index] ?? null);
    return bad === null || all === null ? null : { kind: 'counts', bad, all };
  });
}

const near = (actual: number | null | undefined, expected: number | null): void => {
  if (expected === null) return assert.equal(actual ?? null, null);
  assert.ok(Math.abs((actual ?? NaN) - expected) < 5e-6, `${actual} is not ${expected}`);
};

describe('the worked examples of the watch rule', () => {
  // They were reckoned without the layer that asks where a service's own noise is not known.
  const settings = settingsOf({}, { uncalibratedTimes: null });

  for (const { id, name, kind, baseline, history, watch, expected } of examples) {
    it(`${id}: ${name}`, () => {
      const metric = metricOf(kind === 'slow' ? 'slow-requests' : 'errors');
      const past = {
        baseline: samplesOf(baseline),
        history: history && samplesOf(history),
        note: '',
      };
      const polls = samplesOf(watch).map(
        (sample): Sample => sample ?? { kind: 'missing', why: 'empty', detail: '' },
      );
      const all = watchedAlone(metric, past, polls, settings);
      const hard = firstOf(all, 'hard');
      const untilHard = hard ? { ...all, findings: all.findings.slice(0, hard.poll) } : all;
      const soft = firstOf(untilHard, 'soft');
      const { judged, lnEvidence } = all.state.metrics[0] ?? assert.fail();
      assert.deepEqual(
        [hard?.poll ?? null, hard?.finding.why ?? null, soft?.poll ?? null, soft?.finding.why ?? null],
        [expected.hard, expected.hardWhy, expected.soft, expected.softWhy],
      );
      near(hard ? lnEvidence[hard.poll - 1] : null, expected.lnEvidenceAtHard);
      const reckoned = lnEvidence.slice(0, hard?.poll).filter((one) => one !== null);
      near(Math.max(...reckoned), expected.maxLnEvidence);
      assert.ok(judged.by === 'evidence');
      near(judged.hard.baselineNoise, expected.phiBase);
      assert.equal(judged.hard.historyNoise?.length ?? null, expected.phiHist?.length ?? null);
      expected.phiHist?.forEach((noise, index) => near(judged.hard.historyNoise?.[index], noise));
    });
  }
});
