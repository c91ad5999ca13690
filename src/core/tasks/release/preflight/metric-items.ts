import type { MetricKind, WatchSettings } from '../../../evidence/release-settings';
import type { GateItem } from '../../../release/run';
import { enumerated } from '../../../text/words';
import { fails, isUnknown, item, notes, passes } from './gate-item';
import type { MetricAnswer } from './release-gate-request';

/** S4-37: what a release to production is watched by. */
const REQUIRED: readonly { readonly what: string; readonly kinds: readonly MetricKind[] }[] = [
  { what: 'error rate', kinds: ['errors'] },
  { what: 'request rate', kinds: ['traffic'] },
  { what: 'p99 latency', kinds: ['slow-requests', 'latency'] },
  { what: 'saturation', kinds: ['saturation'] },
];

/** Which metrics are named, and whether each of them answers now; without them nothing is deployed (S4-57). */
export function metricItems(
  watch: WatchSettings,
  isProduction: boolean,
  answers: readonly MetricAnswer[] | null,
): readonly GateItem[] {
  return [namedItem(watch, isProduction), ...answerItems(watch, isProduction, answers)];
}

function namedItem({ profile, metrics }: WatchSettings, isProduction: boolean): GateItem {
  const id = 'metrics-named';
  const title = 'The metrics that a release is watched by are named';
  const names = metrics.map(({ name }) => name);
  if (profile === 'probes') {
    const probes = metrics.filter(({ source }) => source.from === 'probe');
    return item(
      id,
      title,
      probes.length > 0
        ? notes(
            `the configuration chooses the profile probes: ${enumerated(
              probes.map(({ name }) => name),
              'and',
            )} stand in place of error rate, request rate, p99 and saturation, so what only users meet, and what a server runs short of, is not seen`,
          )
        : fails(
            'the profile probes needs an address that is asked: add a metric with a url under release.watch.metrics',
          ),
    );
  }
  const missing = REQUIRED.filter(({ kinds }) => !metrics.some(({ kind }) => kinds.includes(kind)));
  if (missing.length === 0) return item(id, title, passes(enumerated(names, 'and')));
  const lacks = `no metric is named for ${enumerated(
    missing.map(({ what }) => what),
    'and',
  )}`;
  const next = `name ${missing.length === 1 ? 'it' : 'them'} under release.watch.metrics (${missing
    .map(({ kinds }) => `kind ${kinds.join(' or ')}`)
    .join(', ')}), or choose release.watch.profile: probes`;
  return item(id, title, fails(`${lacks}: ${next}`, [], isProduction));
}

function answerItems(
  watch: WatchSettings,
  isProduction: boolean,
  answers: readonly MetricAnswer[] | null,
): readonly GateItem[] {
  const id = 'metrics-answer';
  const title = 'Every metric answers now';
  if (watch.metrics.length === 0) {
    return isProduction
      ? []
      : [item(id, title, notes('no metric is named, so nothing is watched but what a person sees'))];
  }
  if (answers === null) {
    return [item(id, title, isUnknown('the metrics were not asked', [], isProduction))];
  }
  const silent = answers.filter(({ ok }) => !ok);
  if (silent.length === 0) {
    return [item(id, title, passes(`${answers.map(({ name }) => name).join(', ')} answer`))];
  }
  return silent.map(({ name, detail, isRequired }) =>
    item(
      `metric-answers:${name}`,
      `The metric "${name}" answers now`,
      fails(
        `${name} ${detail}: without it a regression would not be seen, so bring it back before anything is deployed`,
        [],
        isRequired,
      ),
    ),
  );
}
