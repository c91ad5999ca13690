import type { ReadDocument } from '../../documents/document';
import type { GateFacts } from '../rule';

/**
 * The plan of the release that is being made: that of the release that is judged, else the one that stands where plans are
 * written, else the only one. Others are of releases that are over.
 */
export function currentPlan({ documents = [], release }: GateFacts): ReadDocument | null {
  const plans = documents.filter(({ kind }) => kind === 'release-plan');
  if (release) return plans.find(({ path }) => path === release.planPath) ?? null;
  const usual = plans.filter(({ path }) => /(?:^|\/)RELEASE_PLAN\.md$/.test(path));
  if (usual.length === 1) return usual[0] ?? null;
  return plans.length === 1 ? (plans[0] ?? null) : null;
}

/** The one document of a kind that is of the same service; null where there are several, or it is of another. */
export function companionOf(
  document: ReadDocument,
  kind: string,
  { documents = [] }: GateFacts,
): ReadDocument | null {
  const all = documents.filter((other) => other.kind === kind && other.path !== document.path);
  const own = all.filter((other) => serviceOf(other) !== '' && serviceOf(other) === serviceOf(document));
  if (own.length === 1) return own[0] ?? null;
  const [only, another] = all;
  const isOfOther =
    only && serviceOf(only) !== '' && serviceOf(document) !== '' && serviceOf(only) !== serviceOf(document);
  return own.length > 0 || another || isOfOther ? null : (only ?? null);
}

function serviceOf({ frontMatter }: ReadDocument): string {
  const service = frontMatter['service'];
  return typeof service === 'string' && !service.includes('UNKNOWN(') ? service.trim().toLowerCase() : '';
}
