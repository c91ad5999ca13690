import type { BlockContent, DefinitionContent, List, ListItem, RootContent, Table } from 'mdast';
import { readFrontMatter } from '../text/front-matter';
import { comparable, parseMarkdown, shownText, spanOf } from '../text/markdown';
import type { Span } from '../text/position';

/** One request of a smoke case. */
export interface SmokeRequest {
  readonly method: string;
  /** A path below the base address, or a whole address. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** One case of the section for production, as the document says it. */
export interface SmokeTest {
  readonly name: string;
  /** As a column or label says; null where none does. */
  readonly component: string | null;
  readonly request: SmokeRequest | null;
  /** For the shell; null for a request. */
  readonly command: string | null;
  /** Expected statuses; empty: any from 200 to 299, or 0 of a command. */
  readonly statuses: readonly number[];
  /** What the answer or the output has to hold. */
  readonly contains: readonly string[];
  /** Whether it changes data: by its method, unless the document says otherwise; null where nothing tells (a command). */
  readonly isWrite: boolean | null;
  readonly span: Span;
}

/** What the section of a document says. */
export interface SmokeSection {
  /** Whether the document has the section at all. */
  readonly isFound: boolean;
  readonly tests: readonly SmokeTest[];
  /** Cases that cannot be run as they stand. Sentences without a full stop. */
  readonly problems: readonly { readonly message: string; readonly span: Span }[];
}

const METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE']);
const WRITING = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** What stands for the account that the settings declare. */
export const TEST_ACCOUNT = '{test-account}';

type Block = RootContent | BlockContent | DefinitionContent;

/**
 * Reads the smoke cases of the section with that heading, whatever its depth: rows of a table (name, method, path or
 * request or command, expected status, expected text), headings below it or items of a list with an `http` or `sh` block
 * and a line "Expect: 201, contains `id`", or items such as "`GET /health` → 200, contains `ok`". See docs/deploy-scripts.md.
 */
export function readSmokeSection(text: string, heading: string): SmokeSection {
  const frontMatter = readFrontMatter(text);
  const { children } = parseMarkdown(text, frontMatter.bodyOffset, []);
  const wanted = comparable(heading);
  const from = children.findIndex(
    (node) => node.type === 'heading' && comparable(shownText(node)) === wanted,
  );
  const opening = children[from];
  if (opening?.type !== 'heading') return { isFound: false, tests: [], problems: [] };
  const until = children.findIndex(
    (node, index) => index > from && node.type === 'heading' && node.depth <= opening.depth,
  );
  const blocks = children.slice(from + 1, until === -1 ? undefined : until);

  const tests: SmokeTest[] = [];
  const problems: { message: string; span: Span }[] = [];
  const add = (test: SmokeTest | null, problem: string | null, span: Span): void => {
    if (test) tests.push(test);
    if (problem !== null) problems.push({ message: problem, span });
  };
  let title: { readonly name: string; readonly span: Span; readonly depth: number } | null = null;
  let gathered: Block[] = [];
  let hasCases = false;
  const ownLists = new Set<Block>();
  const close = (nextDepth: number): void => {
    if (title) {
      const { name, span, depth } = title;
      // Beside cases in a table or list, only what is a block of its own is a further one.
      const blocks = gathered.filter((block) => !ownLists.has(block));
      const own = hasCases && !hasFence(blocks) ? [] : casesBeneath(name, blocks, span);
      for (const found of own) add(found.test, found.problem, span);
      // A heading above others only groups them.
      if (own.length === 0 && !hasCases && nextDepth <= depth) add(null, lacksBoth(name), span);
    }
    gathered = [];
    hasCases = false;
  };
  for (const block of blocks) {
    if (block.type === 'heading') {
      close(block.depth);
      title = { name: shownText(block), span: spanOf(block), depth: block.depth };
      continue;
    }
    gathered.push(block);
    if (block.type === 'table') {
      for (const found of ofTable(block)) {
        hasCases = true;
        add(found.test, found.problem, found.span);
      }
    } else if (block.type === 'list' && !(title && isOfOneCase(block, hasFence(gathered)))) {
      const items = block.children.map((item) => ({ item, found: ofItem(item) }));
      const isOfCases = items.some(({ found }) => found !== null);
      if (isOfCases) ownLists.add(block);
      for (const { item, found } of items) {
        if (found) {
          hasCases = true;
          add(found.test, found.problem, spanOf(item));
        } else if (isOfCases || typeof item.checked === 'boolean') {
          // What a person was to try is not tried by anybody here.
          hasCases = true;
          add(null, lacksBoth(shownText(item)), spanOf(item));
        }
      }
    } else if (block.type === 'code' && !title) {
      // A block by itself is a case by itself: its first line says which.
      const found = ofBlocks(
        (block.value.split('\n').find((line) => line.trim() !== '') ?? '').trim(),
        [block],
        spanOf(block),
      );
      if (found) add(found.test, found.problem, spanOf(block));
    }
  }
  close(0);
  const seen = new Map<string, number>();
  const named = tests.map((test) => {
    const count = (seen.get(test.name) ?? 0) + 1;
    seen.set(test.name, count);
    return count === 1 ? test : { ...test, name: `${test.name} (${count})` };
  });
  return { isFound: true, tests: named, problems };
}

interface Found {
  readonly test: SmokeTest | null;
  readonly problem: string | null;
}

const quoted = (name: string): string => `"${name}"`;

function hasFence(blocks: readonly Block[]): boolean {
  return blocks.some((block) => block.type === 'code' && languageOf(block.lang) !== null);
}

/** Whether a list beneath a heading says the parts of one case: "Request: …", "Expected: …". */
function isOfOneCase(list: List, isBesideFence: boolean): boolean {
  const items = list.children.map((item) => linesOf(item.children).join(' '));
  const isPart = (line: string): boolean =>
    /^[\s*_]*(?:request|method|expect\w*|status|response|contains?|component|writes|read[- ]only|input|steps?)\b/i.test(
      line,
    );
  const requests = items.filter((line) => requestIn(line) !== null).length;
  return isBesideFence ? requests === 0 : requests <= 1 && items.some(isPart);
}

function languageOf(lang: string | null | undefined): 'http' | 'sh' | null {
  const word = (lang ?? '').toLowerCase();
  if (word === 'http' || word === 'rest') return 'http';
  return ['sh', 'bash', 'shell', 'console', 'zsh'].includes(word) ? 'sh' : null;
}

const lacksBoth = (name: string): string =>
  `${quoted(name)} has neither a request nor a command, so it is not run; add one`;

/** The cases beneath a heading: one, or one for each block where there are several. */
function casesBeneath(name: string, blocks: readonly Block[], span: Span): readonly Found[] {
  const starts = blocks.flatMap((block, index) => (hasFence([block]) ? [index] : []));
  if (starts.length < 2) {
    const found = ofBlocks(name, blocks, span);
    return found ? [found] : [];
  }
  return starts.flatMap((start, index) => {
    const found = ofBlocks(name, blocks.slice(index === 0 ? 0 : start, starts[index + 1]), span);
    return found ? [found] : [];
  });
}

/** A command as it is run: in a copy of a session the lines behind a prompt, without what was answered. */
function commandOf(text: string): string {
  const lines = text.split('\n');
  if (!lines.some((line) => /^\s*\$ /.test(line))) return text.trim();
  let goesOn = false;
  return lines
    .filter((line) => {
      const isCommand = /^\s*\$ /.test(line) || goesOn;
      goesOn = isCommand && line.endsWith('\\');
      return isCommand;
    })
    .map((line) => line.replace(/^\s*\$ /, ''))
    .join('\n')
    .trim();
}

/** A case of blocks beneath a heading or in an item: the first fence is what is done, the words around it what is expected. */
function ofBlocks(name: string, blocks: readonly Block[], span: Span): Found | null {
  const fence = blocks.find((block) => block.type === 'code' && languageOf(block.lang) !== null);
  const words = linesOf(blocks.filter((block) => block !== fence));
  if (fence?.type === 'code') {
    const isHttp = languageOf(fence.lang) === 'http';
    const http = isHttp ? httpOf(fence.value) : null;
    if (isHttp && !http) {
      return {
        test: null,
        problem: `The http block of ${quoted(name)} begins with no request; write ${quoted('GET /path')}`,
      };
    }
    const command = isHttp ? null : commandOf(fence.value);
    const expected = expectedIn([...words, ...(http?.expected ?? [])]);
    return complete(name, http?.request ?? null, command, expected, words, span);
  }
  const request = words.map(requestIn).find((one) => one !== null) ?? pathIn(words);
  if (!request) return null;
  return complete(name, request, null, expectedIn(words), words, span);
}

function complete(
  name: string,
  request: SmokeRequest | null,
  command: string | null,
  expected: { readonly statuses: readonly number[]; readonly contains: readonly string[] },
  words: readonly string[],
  span: Span,
): Found {
  const label = (wanted: RegExp): string | null => {
    for (const line of words) {
      const match = /^[\s*_-]*([A-Za-z ]{2,30}?)[\s*_]*:[\s*_]*(.+)$/.exec(line);
      if (match && wanted.test(match[1] ?? '')) return (match[2] ?? '').trim();
    }
    return null;
  };
  const said = label(/^(?:writes?|changes data|read[- ]only)$/i);
  const isReadOnly = words.some((line) => /^[\s*_-]*read[- ]only[\s*_.]*$/i.test(line));
  const { statuses, contains, problem } = ofCommand(name, command, expected);
  if (problem !== null) return { test: null, problem };
  return {
    test: {
      name,
      component: label(/^(?:component|service)$/i),
      request,
      command,
      statuses,
      contains,
      isWrite: isReadOnly
        ? false
        : (writesBy(said, label(/^read[- ]only$/i) !== null) ?? writes(request, command)),
      span,
    },
    problem: null,
  };
}

/** A command ends with a status of its own: that of HTTP is one that it writes, if it writes it. */
function ofCommand(
  name: string,
  command: string | null,
  expected: { readonly statuses: readonly number[]; readonly contains: readonly string[] },
): {
  readonly statuses: readonly number[];
  readonly contains: readonly string[];
  readonly problem: string | null;
} {
  const { statuses, contains } = expected;
  const [status] = statuses;
  if (command === null || status === undefined) return { statuses, contains, problem: null };
  if (/http_code|response_code/.test(command) && statuses.length === 1) {
    return { statuses: [], contains: [String(status), ...contains], problem: null };
  }
  return {
    statuses: [],
    contains,
    problem: `${quoted(name)} expects ${status} of a command, which does not end with that; write the request itself ("GET /path"), or let curl write "%{http_code}"`,
  };
}

function writesBy(said: string | null, isReadOnlyAsked: boolean): boolean | null {
  if (said === null || said === '') return null;
  const isYes = /^(?:yes|y|true|✓|✔|x|write)$/i.test(said);
  const isNo = /^(?:no|n|false|–|-|—|none|read)$/i.test(said);
  if (!isYes && !isNo) return null;
  return isReadOnlyAsked ? isNo : isYes;
}

/** By the method of a request; of a command only where it is curl's with a method or a body. */
function writes(request: SmokeRequest | null, command: string | null): boolean | null {
  if (request) return WRITING.has(request.method);
  if (command === null || !/\bcurl\b/.test(command)) return null;
  const method = /(?:-X\s*|--request[\s=]+)["']?([A-Za-z]+)/.exec(command)?.[1]?.toUpperCase();
  if (method !== undefined) return WRITING.has(method);
  return /\s(?:-d|--data(?:-\w+)?|--json|-F|--form|-T|--upload-file)[\s=]/.test(command) ? true : null;
}

function linesOf(blocks: readonly Block[]): readonly string[] {
  return blocks.flatMap((block): readonly string[] => {
    if (block.type === 'list') return block.children.flatMap((item) => linesOf(item.children));
    if (block.type === 'blockquote') return linesOf(block.children);
    if (block.type !== 'paragraph') return [];
    return writtenText(block).split('\n');
  });
}

/** The text with code in its ticks, since they say where a text that is expected begins and ends. */
function writtenText(node: { readonly type: string }): string {
  const one = node as { type: string; value?: string; children?: readonly { type: string }[] };
  if (one.type === 'inlineCode') return `\`${one.value ?? ''}\``;
  if (one.type === 'break') return '\n';
  return one.value ?? (one.children ?? []).map(writtenText).join('');
}

function requestIn(line: string): SmokeRequest | null {
  const match =
    /(?:^|[\s`(:])(GET|HEAD|OPTIONS|POST|PUT|PATCH|DELETE)\s+`?((?:https?:\/\/|\/)[^\s`),;]*)/.exec(line);
  return match ? { method: match[1] ?? '', url: match[2] ?? '', headers: {}, body: null } : null;
}

/** "`/health` returns 200": a path in ticks with a status is read from. */
function pathIn(lines: readonly string[]): SmokeRequest | null {
  for (const line of lines) {
    const url = /`((?:https?:\/\/|\/)[^\s`]*)`/.exec(line)?.[1];
    if (url !== undefined && expectedIn([line]).statuses.length > 0) {
      return { method: 'GET', url, headers: {}, body: null };
    }
  }
  return null;
}

/** "Expect: 200", "→ 201, contains `id`", "Expected status: 200 or 204", "returns 200". */
function expectedIn(lines: readonly string[]): { readonly statuses: number[]; readonly contains: string[] } {
  const statuses: number[] = [];
  const contains: string[] = [];
  for (const line of lines) {
    const at =
      /\b(?:expect(?:ed|s)?|returns?|answers?|responds?|status)\b|→|=>|->|^HTTP(?:\/[\d.]+)?\s/i.exec(line);
    if (at) {
      const rest = line.slice(at.index);
      // What is quoted is a text, never a status.
      for (const [code] of rest
        .replace(/`[^`]*`|"[^"]*"/g, (text) => (/^[`"][1-5]\d\d[`"]$/.test(text) ? text : ''))
        .matchAll(/(?<![\d./:])[1-5]\d\d(?![\d./:]|\s*(?:ms|milliseconds|s\b|seconds|MB|kB))/g)) {
        statuses.push(Number(code));
      }
    }
    for (const match of line.matchAll(
      /\b(?:contain(?:s|ing)?|includ(?:es|ing)|holds?|with text|body has)\b[\s:]*(?:the text\s+)?(?:`([^`]+)`|"([^"]+)"|“([^”]+)”)/gi,
    )) {
      contains.push(match[1] ?? match[2] ?? match[3] ?? '');
    }
  }
  return { statuses: [...new Set(statuses)], contains: [...new Set(contains)] };
}

/** A request as it is written in `.http` files; behind it `HTTP 201` and texts that the answer holds, as in Hurl. */
function httpOf(
  text: string,
): { readonly request: SmokeRequest; readonly expected: readonly string[] } | null {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => line.trim() !== '' && !/^\s*#/.test(line));
  const start = /^\s*([A-Za-z]+)\s+(\S+)(?:\s+HTTP\/[\d.]+)?\s*$/.exec(lines[first] ?? '');
  const method = start?.[1]?.toUpperCase() ?? '';
  if (!METHODS.has(method)) return null;
  const answer = lines.findIndex((line, index) => index > first && /^HTTP(?:\/[\d.]+)?\s+\d{3}\b/.test(line));
  const own = lines.slice(first + 1, answer === -1 ? undefined : answer);
  const headers: Record<string, string> = {};
  let at = 0;
  for (; at < own.length; at++) {
    const header = /^\s*([A-Za-z0-9-]+):\s*(.*)$/.exec(own[at] ?? '');
    if (!header) break;
    headers[header[1] ?? ''] = (header[2] ?? '').trim();
  }
  const body = own.slice(at).join('\n').trim();
  const texts =
    answer === -1
      ? []
      : lines
          .slice(answer + 1)
          .map((line) => line.trim())
          .filter(Boolean);
  return {
    request: { method, url: start?.[2] ?? '', headers, body: body === '' ? null : body },
    expected: [
      ...(answer === -1 ? [] : [lines[answer] ?? '']),
      ...texts.map((line) => `contains \`${line}\``),
    ],
  };
}

function ofItem(item: ListItem): Found | null {
  const [first] = item.children;
  const words = linesOf(item.children);
  const title = first?.type === 'paragraph' ? (writtenText(first).split('\n')[0] ?? '') : '';
  const bold = /^\s*([^→]+?)\s*(?::(?=\s|$)|→|—|–|\s-\s)/.exec(title)?.[1] ?? title;
  const name = (requestIn(bold) ? bold : bold || title).replaceAll('`', '').trim();
  return ofBlocks(name || (words[0] ?? ''), item.children, spanOf(item));
}

const COLUMNS = {
  name: /^(?:name|test|case|test case|scenario|check|title|what|flow)$/,
  id: /^(?:id|no|nr|case id|test id)$/,
  component: /^(?:component|service)$/,
  method: /^(?:method|verb|http method)$/,
  url: /^(?:path|url|uri|endpoint|route|address|request)$/,
  command: /^(?:command|script|run)$/,
  status: /^(?:status|expected status|status code|expected code|code)$/,
  expected: /^(?:expected|expect|expected result|result|expectation)$/,
  contains: /^(?:contains|text|expected text|body contains|expected body|response contains|answer contains)$/,
  body: /^(?:body|payload|request body|data)$/,
  writes: /^(?:writes|write|changes data)$/,
} as const;
type Column = keyof typeof COLUMNS;

function ofTable(table: Table): readonly (Found & { readonly span: Span })[] {
  const [header, ...rows] = table.children;
  const titles = (header?.children ?? []).map((cell) => comparable(shownText(cell)));
  const indexOf = (column: Column): number => titles.findIndex((title) => COLUMNS[column].test(title));
  if (indexOf('url') === -1 && indexOf('command') === -1) return [];
  return rows.map((row) => {
    const span = spanOf(row);
    const cell = (column: Column): string => {
      const found = row.children[indexOf(column)];
      return found ? writtenText(found).trim() : '';
    };
    const plain = (column: Column): string =>
      cell(column)
        .replace(/^`+|`+$/g, '')
        .trim();
    const url = plain('url');
    const inUrl = requestIn(url) ?? requestIn(cell('name'));
    const said = (plain('method') || (inUrl?.method ?? 'GET')).toUpperCase();
    const target = inUrl?.url ?? url;
    const command = plain('command');
    const name = plain('name') || plain('id') || (command !== '' ? command : `${said} ${target}`);
    const expected = expectedIn([
      `expect ${cell('status')}`,
      `expect ${cell('expected')}`,
      ...(plain('contains') === '' ? [] : [`contains \`${plain('contains').replace(/^"|"$/g, '')}\``]),
    ]);
    if (command === '' && !/^(?:https?:\/\/|\/|\{)/.test(target)) {
      return {
        test: null,
        problem: `${quoted(name)} has neither a request nor a command; write a path that begins with "/"`,
        span,
      };
    }
    if (command === '' && !METHODS.has(said)) {
      return {
        test: null,
        problem: `${quoted(name)} has the method ${quoted(said)}, which is none of HTTP's; correct it`,
        span,
      };
    }
    const body = plain('body');
    const request =
      command === '' ? { method: said, url: target, headers: {}, body: body === '' ? null : body } : null;
    const component = plain('component');
    const { statuses, contains, problem } = ofCommand(name, command === '' ? null : command, expected);
    if (problem !== null) return { test: null, problem, span };
    return {
      test: {
        name,
        component: component === '' ? null : component,
        request,
        command: command === '' ? null : command,
        statuses,
        contains,
        isWrite: writesBy(plain('writes'), false) ?? writes(request, command === '' ? null : command),
        span,
      },
      problem: null,
      span,
    };
  });
}

/** Why a case must not or cannot be run; `isBlocking` stops a release in phase 1. */
export interface SmokeObjection {
  readonly test: string;
  readonly isBlocking: boolean;
  /** A sentence without a full stop. */
  readonly message: string;
}

/**
 * S4-60: cases that write need the account that the settings declare for it (`release: smoke: test-account`), or they touch
 * what belongs to customers. Of a command nothing may tell whether it writes: that is said and stops nothing.
 */
export function objectionsToSmokeTests(
  tests: readonly SmokeTest[],
  testAccount: string | null,
  baseUrl: string | null,
): readonly SmokeObjection[] {
  return tests.flatMap((test): readonly SmokeObjection[] => {
    const found: SmokeObjection[] = [];
    const told = JSON.stringify([test.request, test.command]);
    const namesAccount = told.includes(TEST_ACCOUNT) || (testAccount !== null && told.includes(testAccount));
    if ((test.isWrite === true || told.includes(TEST_ACCOUNT)) && testAccount === null) {
      const message = `${quoted(test.name)} writes to production and no test account is declared; name one under release: smoke: test-account`;
      found.push({ test: test.name, isBlocking: true, message });
    } else if (test.isWrite === true && !namesAccount) {
      const message = `${quoted(test.name)} writes and nothing in it names the test account; put ${TEST_ACCOUNT} where it belongs, or make sure that its credentials are that account's`;
      found.push({ test: test.name, isBlocking: false, message });
    }
    if (test.request?.url.startsWith('/') === true && baseUrl === null) {
      const message = `${quoted(test.name)} asks for ${test.request.url} and no address is set that it begins at; set release: smoke: base-url`;
      found.push({ test: test.name, isBlocking: true, message });
    }
    return found;
  });
}
