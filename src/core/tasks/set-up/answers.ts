import type { ProposedText } from '../../pipeline/govern/made-text';

/** What a person told, kept beside the settings so that it need not be told again. */
export const ANSWERS_PATH = '.github/release-gate/answers.json';

/** Inputs that are kept; which parts to propose is not, since it is a choice of one run. */
const KEPT = ['environments', 'reviewers', 'owners', 'approvals', 'release_tags', 'target'] as const;

/** The answers of this run, with those of earlier runs for what was not told now. */
export function withEarlierAnswers(
  told: ReadonlyMap<string, string>,
  file: string | null,
): ReadonlyMap<string, string> {
  return new Map([...earlier(file), ...told]);
}

/** The file with what was told now; as it was where nothing new was told. */
export function proposeAnswers(told: ReadonlyMap<string, string>, before: string | null): ProposedText {
  const known = earlier(before);
  if (before !== null && before.trim() !== '' && parsed(before) === null) {
    return {
      text: before,
      notes: ['cannot be read as JSON, so it is left as it is, and its answers are not known'],
    };
  }
  const now = KEPT.filter((name) => told.has(name));
  if (now.every((name) => known.get(name) === told.get(name))) return { text: before ?? '', notes: [] };
  const all = new Map([...known, ...now.map((name) => [name, told.get(name) ?? ''] as const)]);
  const answers = Object.fromEntries(KEPT.flatMap((name) => (all.has(name) ? [[name, all.get(name)]] : [])));
  return { text: `${JSON.stringify(answers, null, 2)}\n`, notes: [] };
}

function earlier(file: string | null): ReadonlyMap<string, string> {
  const data = file === null ? null : parsed(file);
  if (data === null) return new Map();
  const entries = Object.entries(data);
  return new Map(
    KEPT.flatMap((name) => {
      const value = entries.find(([key]) => key === name)?.[1];
      return typeof value === 'string' && value.trim() !== '' ? [[name, value.slice(0, 2_000)] as const] : [];
    }),
  );
}

/** Null for what is no map of JSON. */
function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const data = JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
    return typeof data === 'object' && data !== null && !Array.isArray(data)
      ? (data as Readonly<Record<string, unknown>>)
      : null;
  } catch {
    return null;
  }
}
