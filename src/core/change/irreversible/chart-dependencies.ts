import { listAt, stringAt, type PlacedDocument } from '../../evidence/detect/places';
import {
  placeAt,
  riskAt,
  startJudgement,
  unjudgeableAt,
  type FileVersions,
  type OpenJudgement,
} from './file-versions';
import { readTemplatedYaml } from './templated-yaml';

/** Charts that keep data, by the names under which they are published. */
const KEEPS_DATA =
  /^(?:postgresql(?:-ha)?|mysql|mariadb(?:-galera)?|percona[\w-]*|mongodb(?:-sharded)?|redis(?:-cluster)?|valkey|elasticsearch|opensearch|kafka|rabbitmq|minio|cassandra|etcd|clickhouse|influxdb2?|neo4j|zookeeper|couchdb|cockroachdb|timescaledb[\w-]*|victoria-metrics[\w-]*|nats|vault|consul|weaviate|qdrant|milvus)$/;

/** Whether a file declares a chart with those that it takes in. */
export function isChart(path: string): boolean {
  return /(?:^|\/)(?:Chart|requirements)\.ya?ml$/.test(path);
}

/**
 * Judges charts by the ones that they take in: what is no longer among them goes with the next upgrade. Source:
 * https://helm.sh/docs/topics/charts/#chart-dependencies
 */
export function judgeCharts(files: readonly FileVersions[]): OpenJudgement {
  const judgement = startJudgement();
  for (const file of files) {
    const [base, head] = [documentOf(file.base), documentOf(file.head)];
    if (base && !head && file.head !== null && file.head.trim() !== '' && dependenciesOf(base).length > 0) {
      judgement.irreversible.push(
        unjudgeableAt(placeAt(file, 'head', null), 'the chart can no longer be read'),
      );
    }
    if (!base || !head) continue;
    const after = new Set(dependenciesOf(head).map(({ as }) => as));
    for (const { name, as, index } of dependenciesOf(base)) {
      if (after.has(as)) continue;
      const place = placeAt(file, 'base', base.rangeOf(['dependencies', index]), `name: ${name}`);
      const what = `no longer takes in the chart ${name}${as === name ? '' : ` as ${as}`}`;
      if (KEEPS_DATA.test(name)) {
        judgement.irreversible.push({
          ...place,
          kind: 'infra-destroy',
          why: `it ${what}: with the next upgrade its pods go, its claims are left without an owner, and going back makes an empty one where they were deleted`,
          compensation:
            'back up what it holds and try the restore first, or move the data to where it is kept from now on before the chart goes',
          reversibleBy: null,
        });
      } else {
        judgement.risks.push(
          riskAt(place, 'infrastructure', what, 'everything that it made goes with the next upgrade'),
        );
      }
    }
  }
  return judgement;
}

function documentOf(text: string | null): PlacedDocument | null {
  const read = text === null ? null : readTemplatedYaml(text);
  return (read?.ok ? read.documents[0] : null) ?? null;
}

function dependenciesOf(
  document: PlacedDocument,
): readonly { readonly name: string; readonly as: string; readonly index: number }[] {
  return listAt(document.data, ['dependencies']).flatMap((entry, index) => {
    const name = stringAt(entry, ['name']);
    return name === null ? [] : [{ name, as: stringAt(entry, ['alias']) ?? name, index }];
  });
}
