import type { DocumentKind, ReadDocument, SectionShape } from '../document';
import { actionColumns, claimColumns, timelineColumns } from '../markdown/columns';
import { frontMatterText } from '../markdown/fields';
import { blocksOf, parseDocument } from '../markdown/parse';
import { readList, readProse, readTable } from '../markdown/parts';
import { markdownTemplate } from '../markdown/template';
import { plainText } from '../markdown/write';
import type { Postmortem } from './postmortem';
import source from './template.hbs';

const sections: readonly SectionShape[] = [
  {
    id: 'summary',
    title: 'Summary',
    isRequired: true,
    aliases: ['overview', 'executive summary'],
    needs: 'what happened, in three sentences',
  },
  {
    id: 'impact',
    title: 'Impact',
    isRequired: true,
    aliases: ['customer impact', 'user impact'],
    holds: 'table',
    needs: 'who was affected, how much and for how long',
  },
  {
    id: 'timeline',
    title: 'Timeline',
    isRequired: true,
    aliases: ['incident timeline', 'chronology'],
    holds: 'timeline',
    needs: 'what happened when, with zone and source',
    isEssential: true,
    isQuoted: true,
  },
  {
    id: 'root-cause',
    title: 'Root cause',
    isRequired: true,
    aliases: ['cause', 'root causes', 'root cause analysis'],
    needs: 'the cause, with the evidence for it',
  },
  {
    id: 'factors',
    title: 'Contributing factors',
    isRequired: true,
    aliases: ['contributing causes', 'factors'],
    holds: 'list',
    needs: 'what made it likelier, longer or worse',
  },
  {
    id: 'actions',
    title: 'Action items',
    isRequired: true,
    aliases: ['actions', 'corrective actions', 'follow ups', 'follow up actions'],
    holds: 'actions',
    needs: 'each action with owner, due date and how it is verified',
    isEssential: true,
  },
  {
    id: 'lessons',
    title: 'Lessons learned',
    isRequired: true,
    aliases: ['lessons', 'what we learned'],
    holds: 'list',
    needs: 'what went well, what went badly, where luck helped',
  },
  {
    id: 'claims',
    title: 'Told by a person',
    isRequired: false,
    aliases: ['told', 'claims'],
    holds: 'table',
    isQuoted: true,
  },
];

const write = markdownTemplate<Postmortem>(source);

/** A postmortem, `docs/ops/postmortems/PM_<date>_<slug>.md`. */
export const postmortemKind: DocumentKind<Postmortem> = {
  id: 'postmortem',
  title: 'Postmortem',
  sections,
  recognises: (path, frontMatter) =>
    frontMatter['kind'] === 'postmortem' || /(?:^|\/)postmortems\/PM_[^/]+\.md$/.test(path),
  render: (postmortem) =>
    write({
      ...postmortem,
      incident: plainText(postmortem.incident),
      service: plainText(postmortem.service),
      date: plainText(postmortem.date),
    }),
  read: (path, text) => {
    const document = parseDocument(path, text, sections);
    return { ...document, kind: 'postmortem', data: readPostmortem(document) };
  },
};

function readPostmortem(document: Omit<ReadDocument, 'kind' | 'data'>): Postmortem {
  const list = (id: string) => readList(blocksOf(document, id));
  return {
    incident: frontMatterText(document, 'incident'),
    service: frontMatterText(document, 'service'),
    date: frontMatterText(document, 'date'),
    summary: readProse(blocksOf(document, 'summary')),
    impact: readTable(blocksOf(document, 'impact'), {
      aspect: ['aspect', 'what'],
      value: ['value', 'how much'],
      source: ['source', 'evidence'],
    }).map(({ cells }) => cells),
    timeline: readTable(blocksOf(document, 'timeline'), timelineColumns).map(
      ({ cells: { time, event, source: shownBy, verified } }) => ({
        time,
        event,
        source: shownBy,
        isVerified: /^(?:yes|true|✓|✔)$/i.test(verified),
      }),
    ),
    rootCause: readProse(blocksOf(document, 'root-cause')),
    contributingFactors: list('factors'),
    actions: readTable(blocksOf(document, 'actions'), actionColumns).map(({ cells }) => cells),
    lessons: list('lessons'),
    claims: readTable(blocksOf(document, 'claims'), claimColumns).map(({ cells }) => cells),
  };
}
