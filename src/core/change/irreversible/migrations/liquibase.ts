import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from 'yaml';
import {
  addsRefusingNull,
  creates,
  deletesEveryRow,
  deletesRows,
  dropsColumn,
  dropsConstraint,
  dropsDefinition,
  dropsHolder,
  dropsIndex,
  locks,
  narrowsType,
  overwritesEveryRow,
  overwritesRows,
  refusesNull,
  renames,
  renamesColumn,
  resetsSequence,
  retypes,
  types,
  unjudgeable,
  widensType,
} from '../../../sql/consequences';
import type { SqlComment } from '../../../sql/dialect-tokens';
import type { SqlEffect } from '../../../sql/effects';
import type { Span } from '../../../text/position';
import type { MigrationReader, MigrationStep, ReaderContext } from './reader';

/** A change of a change set, whichever format it is written in. */
interface LiquibaseNode {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly LiquibaseNode[];
  /** The text inside, with where it stands if it stands there as it is. */
  readonly text: string;
  readonly textStart: number | null;
  readonly span: Span;
}

/** Liquibase's change logs in XML, YAML and JSON; docs.liquibase.com, "Change Types". */
export const liquibase: MigrationReader = {
  name: 'the format of Liquibase',
  reads: (path) =>
    /(?:^|\/)(?:db\/changelog|changelogs?|liquibase)\/(?:[^/]+\/)*[^/]+\.(?:xml|ya?ml|json)$/.test(path) ||
    /(?:^|\/)[^/]*changelog[^/]*\.(?:xml|ya?ml)$/i.test(path),
  read: (text, context) => {
    if (!/databaseChangeLog/.test(text.slice(0, 20_000))) return null;
    const isXml = context.path.endsWith('.xml');
    const comments: SqlComment[] = [];
    const roots = isXml ? xmlNodes(text, comments) : yamlNodes(text, comments);
    if (roots === null) {
      return {
        steps: [
          {
            span: { start: 0, end: Math.min(text.length, 100) },
            text: text.slice(0, 100),
            effects: [unjudgeable('the change log cannot be read')],
          },
        ],
        comments,
        down: null,
      };
    }
    const steps: MigrationStep[] = [];
    const visit = (node: LiquibaseNode, inSet: LiquibaseNode | null, depth: number): void => {
      if (depth > 60 || /^(?:rollback|preConditions|validCheckSum|property|comment)$/.test(node.name)) return;
      const set = node.name === 'changeSet' ? node : inSet;
      if (set && node !== set) {
        const back = set.children.find(({ name }) => name === 'rollback');
        const isRefused = back !== undefined && back.children.length === 0 && back.text.trim() === '';
        const undoes = UNDOES_ITSELF.test(node.name);
        const down =
          back && !isRefused
            ? { line: lineOf(text, back.span.start), copiesBack: false }
            : undoes
              ? { line: lineOf(text, set.span.start), copiesBack: false }
              : null;
        const made = changes(text, node, context);
        steps.push(...made.map((step) => ({ ...step, down })));
        if (made.length > 0 || LEAVES.test(node.name)) return;
      }
      for (const child of node.children) visit(child, set, depth + 1);
    };
    for (const root of roots) visit(root, null, 0);
    return { steps, comments, down: null };
  },
};

const UNDOES_ITSELF = /^(?:add|create|rename)(?!PrimaryKey$)\w*$|^addNotNullConstraint$|^setTableRemarks$/;
const LEAVES = /^(?:sql|sqlFile|createTable|column|include|includeAll|insert|loadData|tagDatabase)$/;

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** Liquibase's own names of types in SQL: docs.liquibase.com, "Data types". */
function plainType(type: string): string {
  return type
    .trim()
    .toLowerCase()
    .replace(/^java\.sql\.types\./, '');
}

function typeOf(table: string, column: LiquibaseNode): readonly SqlEffect[] {
  const [name, type] = [column.attributes.get('name'), column.attributes.get('type')];
  if (name === undefined || type === undefined || type.includes('${')) return [];
  return [types(table, name, { text: plainType(type), refusesNull: null })];
}

function changes(source: string, node: LiquibaseNode, context: ReaderContext): readonly MigrationStep[] {
  const one = (...effects: readonly SqlEffect[]): readonly MigrationStep[] =>
    effects.length === 0
      ? []
      : [{ span: node.span, text: source.slice(node.span.start, node.span.end), effects }];
  const at = (key: string): string => node.attributes.get(key) ?? '';
  const table = at('tableName');
  const column = at('columnName');
  const columns = node.children.flatMap((child) =>
    child.name === 'column' ? [child] : child.children.filter(({ name }) => name === 'column'),
  );
  switch (node.name) {
    case 'sql':
    case 'createProcedure': {
      const inner = node.children.find(({ name }) => name === 'sql');
      const sql = node.text.trim() !== '' ? node : inner;
      const text = sql?.text ?? at('sql');
      const start = sql ? sql.textStart : null;
      const steps = context.readSql(text);
      return steps.map((step) =>
        start === null
          ? { ...step, span: node.span }
          : { ...step, span: { start: step.span.start + start, end: step.span.end + start } },
      );
    }
    case 'sqlFile':
    case 'executeCommand':
    case 'customChange':
      // A file of the repository is judged by itself where the range changes it.
      return node.name === 'sqlFile' ? [] : one(unjudgeable(`${node.name} runs code that is not read`));
    case 'dropTable':
      return one(dropsHolder('table', table));
    case 'dropColumn':
      return one(
        ...(columns.length > 0
          ? columns.map((each) => dropsColumn(table, each.attributes.get('name') ?? ''))
          : [dropsColumn(table, column)]),
      );
    case 'dropView':
      return one(dropsDefinition('view', at('viewName')));
    case 'dropSequence':
      return one(dropsDefinition('sequence', at('sequenceName')));
    case 'dropProcedure':
      return one(dropsDefinition('function', at('procedureName')));
    case 'alterSequence':
      return one(...(at('startValue') === '' ? [] : [resetsSequence(at('sequenceName'))]));
    case 'renameTable':
      return one(...renames('table', at('oldTableName'), at('newTableName')));
    case 'renameView':
      return one(...renames('view', at('oldViewName'), at('newViewName')));
    case 'renameColumn':
      return one(...renamesColumn(table, at('oldColumnName'), at('newColumnName')));
    case 'modifyDataType': {
      const type = at('newDataType');
      const otherwise = /^(?:text|clob|bigint|java\.sql\.types\.(?:clob|bigint))$/i.test(type)
        ? widensType(table, column, type)
        : narrowsType(table, column, type);
      return one(retypes(table, column, { text: plainType(type), refusesNull: null }, [otherwise]));
    }
    case 'addNotNullConstraint':
      return one(refusesNull(table, column));
    case 'dropPrimaryKey':
    case 'dropUniqueConstraint':
      return one(dropsConstraint(table, at('constraintName') || 'primary key', true));
    case 'dropForeignKeyConstraint':
    case 'dropAllForeignKeyConstraints':
      return one(dropsConstraint(at('baseTableName'), at('constraintName') || 'foreign keys', false));
    case 'dropIndex':
      return one(dropsIndex(at('indexName')));
    case 'createIndex':
    case 'addForeignKeyConstraint':
    case 'addUniqueConstraint':
    case 'addPrimaryKey': {
      const on = table || at('baseTableName');
      return one(locks(on, `adds an index or constraint to ${on}`));
    }
    case 'createTable':
      return one(creates('table', table), ...columns.flatMap((each) => typeOf(table, each)));
    case 'createView':
      return one(creates('view', at('viewName')));
    case 'mergeColumns':
      return one(dropsColumn(table, at('column1Name')), dropsColumn(table, at('column2Name')));
    case 'addColumn':
      return one(
        ...columns.flatMap((each) => {
          const name = each.attributes.get('name') ?? '';
          const constraints =
            each.children.find((child) => child.name === 'constraints') ??
            each.children.flatMap((child) => child.children).find((child) => child.name === 'constraints');
          const isRefusing = constraints?.attributes.get('nullable') === 'false';
          const hasValue = [...each.attributes.keys()].some(
            (key) => key.startsWith('defaultValue') || key.startsWith('value') || key === 'autoIncrement',
          );
          return [
            ...(isRefusing && !hasValue ? [addsRefusingNull(table, name)] : []),
            creates('column', `${table}.${name}`),
            ...typeOf(table, each),
          ];
        }),
      );
    case 'delete': {
      const where = condition(node);
      return one(
        where === '' || /^\s*(?:true|1\s*=\s*1)\s*$/i.test(where)
          ? deletesEveryRow(table)
          : deletesRows(table),
      );
    }
    case 'update': {
      const where = condition(node);
      const isEvery = where === '' || /^\s*(?:true|1\s*=\s*1)\s*$/i.test(where);
      return one(
        ...columns.map((each) =>
          (isEvery ? overwritesEveryRow : overwritesRows)(table, each.attributes.get('name') ?? 'values'),
        ),
      );
    }
    default:
      return /^drop/.test(node.name) ? one(unjudgeable(`what ${node.name} does is not known`)) : [];
  }
}

function condition(node: LiquibaseNode): string {
  const where = node.children.find(({ name }) => name === 'where');
  return (where?.text ?? node.attributes.get('where') ?? '').trim();
}

/** Elements of XML with their places; no entity is resolved but the five of XML. Null where tags do not close. */
function xmlNodes(text: string, comments: SqlComment[]): readonly LiquibaseNode[] | null {
  interface Open {
    name: string;
    attributes: Map<string, string>;
    children: LiquibaseNode[];
    start: number;
    contentStart: number;
    text: string;
    textStart: number | null;
    pieces: number;
  }
  const root: Open = {
    name: '',
    attributes: new Map(),
    children: [],
    start: 0,
    contentStart: 0,
    text: '',
    textStart: null,
    pieces: 0,
  };
  const open: Open[] = [root];
  let offset = 0;
  const add = (value: string, start: number, isRaw: boolean): void => {
    const top = open.at(-1);
    if (!top || (value.trim() === '' && top.text === '')) return;
    top.text += isRaw ? value : decoded(value);
    top.pieces++;
    top.textStart = top.pieces === 1 && (isRaw || !value.includes('&')) ? start : null;
  };
  while (offset < text.length) {
    const next = text.indexOf('<', offset);
    if (next === -1) break;
    if (next > offset) add(text.slice(offset, next), offset, false);
    if (text.startsWith('<!--', next)) {
      const end = text.indexOf('-->', next);
      if (end === -1) return null;
      comments.push({ span: { start: next, end: end + 3 }, text: text.slice(next, end + 3) });
      offset = end + 3;
    } else if (text.startsWith('<![CDATA[', next)) {
      const end = text.indexOf(']]>', next);
      if (end === -1) return null;
      add(text.slice(next + 9, end), next + 9, true);
      offset = end + 3;
    } else if (text.startsWith('<?', next) || text.startsWith('<!', next)) {
      const end = text.indexOf('>', next);
      if (end === -1) return null;
      offset = end + 1;
    } else {
      const tag = /<(\/?)([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>/y;
      tag.lastIndex = next;
      const match = tag.exec(text);
      if (!match) return null;
      offset = next + match[0].length;
      const name = (match[2] ?? '').replace(/^.*:/, '');
      if (match[1] === '/') {
        const top = open.pop();
        if (top?.name !== name || open.length === 0) return null;
        open.at(-1)?.children.push({
          name,
          attributes: top.attributes,
          children: top.children,
          text: top.text,
          textStart: top.textStart,
          span: { start: top.start, end: offset },
        });
        continue;
      }
      const attributes = new Map(
        [...(match[3] ?? '').matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map((each) => [
          each[1] ?? '',
          decoded(each[2] ?? each[3] ?? ''),
        ]),
      );
      if (match[4] === '/') {
        open.at(-1)?.children.push({
          name,
          attributes,
          children: [],
          text: '',
          textStart: null,
          span: { start: next, end: offset },
        });
      } else {
        if (open.length > 100) return null;
        open.push({
          name,
          attributes,
          children: [],
          start: next,
          contentStart: offset,
          text: '',
          textStart: null,
          pieces: 0,
        });
      }
    }
  }
  return open.length === 1 ? root.children : null;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
  '&quot;': '"',
  '&apos;': "'",
};

function decoded(text: string): string {
  return text.replace(/&(?:lt|gt|amp|quot|apos);/g, (entity) => ENTITIES[entity] ?? entity);
}

/** The same of YAML and JSON, where a list of maps with one key each stands for elements. */
function yamlNodes(text: string, comments: SqlComment[]): readonly LiquibaseNode[] | null {
  const document = parseDocument(text, { lineCounter: new LineCounter(), merge: true, uniqueKeys: false });
  if (document.errors.length > 0) return null;
  for (const match of text.matchAll(/(?:^|\s)#[^\r\n]*/g)) {
    const start = match.index + match[0].indexOf('#');
    comments.push({
      span: { start, end: match.index + match[0].length },
      text: text.slice(start, match.index + match[0].length),
    });
  }
  const nodeOf = (name: string, key: Node | null, value: unknown, depth: number): LiquibaseNode => {
    const attributes = new Map<string, string>();
    const children: LiquibaseNode[] = [];
    let content = '';
    let textStart: number | null = null;
    let end = (value as Node | null)?.range?.[1] ?? key?.range?.[1] ?? 0;
    if (depth < 60) {
      if (isMap(value)) {
        for (const pair of value.items) {
          const own = isScalar(pair.key) ? String(pair.key.value) : '';
          if (isScalar(pair.value)) attributes.set(own, String(pair.value.value));
          // The value of rollback and where may be a text.
          children.push(nodeOf(own, isScalar(pair.key) ? pair.key : null, pair.value, depth + 1));
        }
      } else if (isSeq(value)) {
        for (const item of value.items) {
          if (isMap(item)) {
            for (const pair of item.items) {
              const own = isScalar(pair.key) ? String(pair.key.value) : '';
              children.push(nodeOf(own, isScalar(pair.key) ? pair.key : null, pair.value, depth + 1));
            }
          }
        }
      } else if (isScalar(value) && value.value !== null) {
        content = typeof value.value === 'string' ? value.value : JSON.stringify(value.value);
        if (value.type === 'PLAIN' && !content.includes('\n')) textStart = value.range?.[0] ?? null;
      }
    }
    if (/[\r\n]/.test(text[end - 1] ?? '')) end = end - 1;
    return {
      name,
      attributes,
      children,
      text: content,
      textStart,
      span: { start: key?.range?.[0] ?? 0, end },
    };
  };
  const root = document.contents;
  return isMap(root) ? nodeOf('', null, root, 0).children : null;
}
