import type { Span } from '../text/position';

/** Where a script stops being shell, and why. */
export interface SyntaxFault {
  /** Completes "the shell …": "never finds the end of the quote that opens here". */
  readonly message: string;
  readonly span: Span;
  /** More lines could mend it: a quote, a substitution, a here-document or a compound command is still open. */
  readonly isOpen: boolean;
}

/** Compound commands and substitutions inside each other beyond this are given up, without a fault. */
const MAX_DEPTH = 100;

/** Words that begin or continue a compound command where a command may begin. */
const CLOSERS = new Set(['then', 'elif', 'else', 'fi', 'do', 'done', 'esac', '}']);

/**
 * The first fault of a script by the shell's grammar (POSIX with what bash adds), or null. It answers where a tolerant
 * parser only says that something is wrong, and says less than a shell would: what it is not sure of is no fault.
 */
export function findSyntaxFault(script: string): SyntaxFault | null {
  return new GrammarCheck(script).run();
}

/** A here-document that was announced on the line and begins behind its end. */
interface PendingDocument {
  readonly end: string;
  readonly stripsTabs: boolean;
  readonly span: Span;
}

class GrammarCheck {
  private at = 0;
  private depth = 0;
  private fault: SyntaxFault | null = null;
  private hasGivenUp = false;
  private pending: PendingDocument[] = [];

  constructor(private readonly text: string) {}

  run(): SyntaxFault | null {
    this.list(null);
    if (!this.isOver()) {
      const closer = this.peekOperator() ?? this.peekWord();
      this.fail(`does not expect "${closer}" here`, this.at, this.at + Math.max(1, closer.length));
    }
    return this.hasGivenUp ? null : this.fault;
  }

  private isOver(): boolean {
    return this.at >= this.text.length;
  }

  private fail(message: string, start: number, end: number, isOpen = false): void {
    this.fault ??= {
      message,
      span: { start, end: Math.min(Math.max(end, start + 1), this.text.length) },
      isOpen,
    };
    this.at = this.text.length;
  }

  private giveUp(): void {
    this.hasGivenUp = true;
    this.at = this.text.length;
  }

  /** Blanks, continued lines and a comment; not the end of the line. */
  private skipBlanks(): void {
    for (;;) {
      const character = this.text[this.at];
      if (character === ' ' || character === '\t') this.at++;
      else if (character === '\r' && (this.text[this.at + 1] === '\n' || this.at + 1 === this.text.length))
        this.at++;
      else if (character === '\\' && /^\\\r?\n/.test(this.text.slice(this.at, this.at + 3))) {
        this.at += this.text[this.at + 1] === '\r' ? 3 : 2;
      } else if (character === '#') {
        while (!this.isOver() && this.text[this.at] !== '\n') this.at++;
      } else return;
    }
  }

  /** The end of a line, with the bodies of the here-documents that it announced. */
  private newline(): void {
    this.at++;
    const pending = this.pending;
    this.pending = [];
    for (const { end, stripsTabs, span } of pending) {
      let isFound = false;
      while (!this.isOver() && !isFound) {
        const stop = this.text.indexOf('\n', this.at);
        const line = this.text.slice(this.at, stop < 0 ? this.text.length : stop).replace(/\r$/, '');
        this.at = stop < 0 ? this.text.length : stop + 1;
        isFound = (stripsTabs ? line.replace(/^\t+/, '') : line) === end;
      }
      if (!isFound) {
        this.fail(`never finds the line "${end}" that ends this here-document`, span.start, span.end, true);
        return;
      }
    }
  }

  private skipLines(): void {
    for (;;) {
      this.skipBlanks();
      if (this.text[this.at] !== '\n') return;
      this.newline();
    }
  }

  private peekOperator(): string | null {
    return (
      /^(?:;;&|;;|;&|&&|\|\||\|&|&>>|&>|[;&|()])/.exec(this.text.slice(this.at, this.at + 3))?.[0] ?? null
    );
  }

  /** The plain word that begins here; '' where none does. Nothing is consumed. */
  private peekWord(): string {
    return /^[^\s;&|()<>"'`$\\]+/.exec(this.text.slice(this.at, this.at + 40))?.[0] ?? '';
  }

  /** Whether the word here is this one, as a whole. */
  private isWord(word: string): boolean {
    return (
      this.text.startsWith(word, this.at) &&
      /^$|^[\s;&|()<>]/.test(this.text.slice(this.at + word.length)[0] ?? '')
    );
  }

  /** Commands up to what closes the list; the closer is left. `opener` is what the list stands in. */
  private list(opener: { readonly word: string; readonly start: number } | null): number {
    if (++this.depth > MAX_DEPTH) this.giveUp();
    let commands = 0;
    for (;;) {
      this.skipLines();
      if (this.isOver() || this.isAtCloser()) break;
      this.andOr();
      commands++;
      this.skipBlanks();
      const operator = this.peekOperator();
      if (operator === ';' || operator === '&') this.at++;
      else if (
        this.text[this.at] === '\n' ||
        this.isOver() ||
        operator === ')' ||
        operator?.startsWith(';') === true
      ) {
        continue;
      } else if (operator !== null) {
        this.fail(`does not expect "${operator}" here`, this.at, this.at + operator.length);
      } else if (!this.isAtCloser()) {
        const word = this.peekWord() || (this.text[this.at] ?? '');
        this.fail(`does not expect "${word}" behind the end of a command`, this.at, this.at + word.length);
      }
    }
    this.depth--;
    if (this.isOver() && opener && !this.fault) {
      this.fail(
        `never finds the end of this "${opener.word}"`,
        opener.start,
        opener.start + opener.word.length,
        true,
      );
    }
    return commands;
  }

  private isAtCloser(): boolean {
    const character = this.text[this.at];
    if (character === ')') return true;
    if (/^;(?:;&?|&)/.test(this.text.slice(this.at, this.at + 3))) return true;
    const word = this.peekWord();
    return CLOSERS.has(word) && this.isWord(word);
  }

  private andOr(): void {
    for (;;) {
      this.pipeline();
      this.skipBlanks();
      const operator = this.peekOperator();
      if (operator !== '&&' && operator !== '||') return;
      this.behindOperator(operator);
    }
  }

  private pipeline(): void {
    for (;;) {
      this.skipBlanks();
      while (this.isWord('!') || this.isWord('time')) {
        this.at += this.text[this.at] === '!' ? 1 : 4;
        this.skipBlanks();
        if (this.isWord('-p')) this.at += 2;
        this.skipBlanks();
      }
      this.command();
      this.skipBlanks();
      const operator = this.peekOperator();
      if (operator !== '|' && operator !== '|&') return;
      this.behindOperator(operator);
    }
  }

  /** A command must follow, on this line or a later one. */
  private behindOperator(operator: string): void {
    const start = this.at;
    this.at += operator.length;
    this.skipLines();
    if (this.fault) return;
    if (this.isOver()) {
      this.fail(`finds no command behind "${operator}"`, start, start + operator.length, true);
    } else if (this.isAtCloser()) {
      this.fail(`finds no command behind "${operator}"`, start, start + operator.length);
    }
  }

  private command(): void {
    const start = this.at;
    const character = this.text[this.at];
    const next = this.text[this.at + 1];
    if (character === '(') {
      if (next === '(' && this.arithmetic()) {
        this.redirections();
        return;
      }
      this.at++;
      this.list({ word: '(', start });
      this.close(')', start);
      this.redirections();
      return;
    }
    if (character === '[' && next === '[' && /\s/.test(this.text[this.at + 2] ?? '')) {
      this.condition(start);
      this.redirections();
      return;
    }
    const word = this.peekWord();
    if (word !== '' && this.isWord(word) && this.compound(word, start)) {
      this.redirections();
      return;
    }
    this.simple(start);
  }

  /** Whether `word` began a compound command, which is then read. */
  private compound(word: string, start: number): boolean {
    switch (word) {
      case '{':
        this.at++;
        this.list({ word, start });
        this.closeWord('}', '{', start);
        return true;
      case 'if':
        this.ifCommand(start);
        return true;
      case 'while':
      case 'until':
        this.at += word.length;
        this.list({ word, start });
        this.doGroup(word, start);
        return true;
      case 'for':
      case 'select':
        this.at += word.length;
        this.forCommand(word, start);
        return true;
      case 'case':
        this.at += word.length;
        this.caseCommand(start);
        return true;
      case 'function':
        this.at += word.length;
        this.skipBlanks();
        this.word();
        this.skipBlanks();
        if (/^\(\s*\)/.test(this.text.slice(this.at, this.at + 20)))
          this.at = this.text.indexOf(')', this.at) + 1;
        this.skipLines();
        if (!this.isOver()) this.command();
        return true;
      default:
        return false;
    }
  }

  private ifCommand(start: number): void {
    this.at += 2;
    for (;;) {
      if (this.list({ word: 'if', start }) === 0 && !this.fault)
        this.fail('finds no condition here', start, start + 2);
      this.closeWord('then', 'if', start);
      if (this.list({ word: 'if', start }) === 0 && !this.fault) {
        this.fail('finds no command behind "then"', start, start + 2);
      }
      if (this.isWord('elif')) {
        this.at += 4;
        continue;
      }
      if (this.isWord('else')) {
        this.at += 4;
        this.list({ word: 'if', start });
      }
      this.closeWord('fi', 'if', start);
      return;
    }
  }

  private doGroup(word: string, start: number): void {
    this.closeWord('do', word, start);
    if (this.list({ word, start }) === 0 && !this.fault)
      this.fail('finds no command behind "do"', start, start + word.length);
    this.closeWord('done', word, start);
  }

  private forCommand(word: string, start: number): void {
    this.skipBlanks();
    if (this.text.startsWith('((', this.at)) {
      if (!this.arithmetic()) this.giveUp();
    } else {
      // zsh has forms of its own ("for f (*.txt)"): what is no name is not judged.
      if (!/^[A-Za-z_]\w*/.test(this.text.slice(this.at, this.at + 60))) return this.giveUp();
      this.word();
      this.skipLines();
      if (this.text[this.at] === '(') return this.giveUp();
      if (this.isWord('in')) {
        this.at += 2;
        this.words();
      }
    }
    this.skipBlanks();
    if (this.text[this.at] === ';') this.at++;
    this.skipLines();
    if (this.isWord('{')) {
      const open = this.at;
      this.at++;
      this.list({ word: '{', start: open });
      this.closeWord('}', '{', open);
      return;
    }
    if (this.isOver() && !this.fault) {
      this.fail(`never finds the end of this "${word}"`, start, start + word.length, true);
      return;
    }
    this.doGroup(word, start);
  }

  private caseCommand(start: number): void {
    this.skipBlanks();
    this.word();
    this.skipLines();
    if (!this.isWord('in')) {
      if (this.isOver()) this.fail('never finds the end of this "case"', start, start + 4, true);
      else this.giveUp();
      return;
    }
    this.at += 2;
    for (;;) {
      this.skipLines();
      if (this.isOver()) {
        this.fail('never finds the end of this "case"', start, start + 4, true);
        return;
      }
      if (this.isWord('esac')) {
        this.at += 4;
        return;
      }
      if (this.text[this.at] === '(') this.at++;
      for (;;) {
        this.skipBlanks();
        this.word();
        this.skipBlanks();
        if (this.text[this.at] !== '|') break;
        this.at++;
      }
      if (this.text[this.at] !== ')') {
        if (this.isOver()) this.fail('never finds the end of this "case"', start, start + 4, true);
        else this.fail('expects ")" behind the pattern of a "case"', this.at, this.at + 1);
        return;
      }
      this.at++;
      this.list({ word: 'case', start });
      const end = /^;(?:;&?|&)/.exec(this.text.slice(this.at, this.at + 3));
      if (end) this.at += end[0].length;
    }
  }

  private close(character: string, start: number): void {
    if (this.fault || this.hasGivenUp) return;
    if (this.text[this.at] === character) this.at++;
    else this.unexpectedCloser(start);
  }

  private closeWord(word: string, opener: string, start: number): void {
    if (this.fault || this.hasGivenUp) return;
    if (this.isWord(word)) this.at += word.length;
    else if (this.isOver())
      this.fail(`never finds the end of this "${opener}"`, start, start + opener.length, true);
    else this.unexpectedCloser(start);
  }

  private unexpectedCloser(start: number): void {
    const closer = this.peekOperator() ?? (this.peekWord() || (this.text[this.at] ?? ''));
    if (this.isOver()) this.fail('never finds the end of what opens here', start, start + 1, true);
    else this.fail(`does not expect "${closer}" here`, this.at, this.at + Math.max(1, closer.length));
  }

  /** `(( … ))`; false, and nothing read, where it is no arithmetic but two subshells. */
  private arithmetic(): boolean {
    let depth = 0;
    for (let at = this.at; at < this.text.length; at++) {
      const character = this.text[at];
      if (character === '(') depth++;
      if (character !== ')') continue;
      depth--;
      if (depth === 1 && this.text[at + 1] === ')') {
        this.at = at + 2;
        return true;
      }
      if (depth <= 1) return false;
    }
    return false;
  }

  /** `[[ … ]]`: words, parentheses and operators up to the end; a pattern may hold anything. */
  private condition(start: number): void {
    const end = /\s\]\](?=$|[\s;&|)])/g;
    end.lastIndex = this.at + 2;
    const found = end.exec(this.text);
    if (!found) {
      this.fail('never finds the "]]" of this condition', start, start + 2, true);
      return;
    }
    this.at = found.index + found[0].length;
  }

  private words(): void {
    for (;;) {
      this.skipBlanks();
      if (this.isOver() || /[\n;&|()]/.test(this.text[this.at] ?? '')) return;
      this.word();
    }
  }

  private simple(start: number): void {
    let isFirst = true;
    for (;;) {
      this.skipBlanks();
      const character = this.text[this.at];
      if (character === undefined || character === '\n') break;
      if (this.redirection()) continue;
      if (/[;&|)]/.test(character)) break;
      if (character === '(') {
        const empty = /^\(\s*\)/.exec(this.text.slice(this.at, this.at + 20));
        if (empty && this.at > start) {
          // A function: `name () command`.
          this.at += empty[0].length;
          this.skipLines();
          if (this.isOver()) this.fail('finds no body of this function', start, this.at, true);
          else this.command();
          return;
        }
        this.fail('does not expect "(" here', this.at, this.at + 1);
        return;
      }
      this.word();
      isFirst = false;
      // `name=( … )`, `name+=( … )`: an array.
      if (
        this.text[this.at] === '(' &&
        /[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=$/.test(this.text.slice(start, this.at))
      )
        this.array();
    }
    if (isFirst && this.at === start && !this.isOver()) {
      const operator = this.peekOperator() ?? this.text[this.at] ?? '';
      this.fail(
        `does not expect "${operator}" at the beginning of a command`,
        this.at,
        this.at + operator.length,
      );
    }
  }

  private array(): void {
    const start = this.at;
    this.at++;
    for (;;) {
      this.skipLines();
      if (this.isOver()) {
        this.fail('never finds the ")" of this array', start, start + 1, true);
        return;
      }
      if (this.text[this.at] === ')') {
        this.at++;
        return;
      }
      if (/[;&|<>(]/.test(this.text[this.at] ?? '') && !/^[<>]\(/.test(this.text.slice(this.at, this.at + 2)))
        return this.giveUp();
      this.word();
    }
  }

  private redirections(): void {
    for (;;) {
      this.skipBlanks();
      if (!this.redirection()) return;
    }
  }

  /** `2>&1`, `>> file`, `<<EOF`, `{fd}<file`; true if one was read. */
  private redirection(): boolean {
    const operator = /^(?:\d+|\{[A-Za-z_]\w*\})?(?:<<<|<<-?|<&|<>|>>|>&|>\||&>>|&>|[<>](?!\())/.exec(
      this.text.slice(this.at, this.at + 40),
    )?.[0];
    if (operator === undefined) return false;
    const start = this.at;
    this.at += operator.length;
    this.skipBlanks();
    const character = this.text[this.at];
    if (character === undefined || /[\n;&|()<>]/.test(character)) {
      const isSubstitution = /^[<>]\(/.test(this.text.slice(this.at, this.at + 2));
      if (!isSubstitution) {
        this.fail(`finds no file behind "${operator}"`, start, start + operator.length);
        return true;
      }
    }
    const from = this.at;
    this.word();
    if (/(?<!<)<<-?$/.test(operator)) {
      const end = this.text.slice(from, this.at).replace(/\\(.)|["']/g, '$1');
      this.pending.push({ end, stripsTabs: operator.endsWith('-'), span: { start, end: this.at } });
    }
    return true;
  }

  /** One word, quotes and substitutions included. */
  private word(): void {
    const start = this.at;
    for (;;) {
      const character = this.text[this.at];
      if (character === undefined || /[\s;&|)]/.test(character)) break;
      if ((character === '<' || character === '>') && this.text[this.at + 1] !== '(') break;
      if (character === '(') {
        // `?(…)`, `*(…)`, `@(…)` of extended patterns, and what zsh puts behind a pattern.
        if (this.at > start && /[?*+@!]/.test(this.text[this.at - 1] ?? '')) {
          this.pattern();
          continue;
        }
        break;
      }
      this.piece();
    }
    // Nothing that a word begins with: one step, so that no loop stands still.
    if (this.at === start && !this.isOver()) this.giveUp();
  }

  private pattern(): void {
    const start = this.at;
    let depth = 0;
    for (; !this.isOver();) {
      const character = this.text[this.at];
      if (character === '(') depth++;
      if (character === ')' && --depth === 0) {
        this.at++;
        return;
      }
      if (character === '\n') break;
      if (character === '"' || character === "'" || character === '\\') this.piece();
      else this.at++;
    }
    this.at = start;
    this.giveUp();
  }

  private piece(): void {
    const start = this.at;
    switch (this.text[this.at]) {
      case '\\':
        this.at += 2;
        return;
      case "'":
        this.single(start);
        return;
      case '"':
        this.double(start);
        return;
      case '`':
        this.backquote(start);
        return;
      case '$':
        this.dollar(start);
        return;
      case '<':
      case '>':
        this.at += 2;
        this.substitution(start, 2);
        return;
      default:
        this.at++;
    }
  }

  private single(start: number): void {
    const end = this.text.indexOf("'", this.at + 1);
    if (end < 0) this.fail('never finds the end of the quote that opens here', start, start + 1, true);
    else this.at = end + 1;
  }

  private double(start: number): void {
    this.at++;
    for (;;) {
      const character = this.text[this.at];
      if (character === undefined) {
        if (!this.fault)
          this.fail('never finds the end of the quote that opens here', start, start + 1, true);
        return;
      }
      if (character === '"') {
        this.at++;
        return;
      }
      if (character === '\\' || character === '`') this.piece();
      else if (character === '$' && this.text[this.at + 1] !== "'" && this.text[this.at + 1] !== '"')
        this.piece();
      else this.at++;
    }
  }

  private backquote(start: number): void {
    this.at++;
    while (!this.isOver() && this.text[this.at] !== '`') this.at += this.text[this.at] === '\\' ? 2 : 1;
    if (this.isOver())
      this.fail('never finds the end of the command that opens with this backquote', start, start + 1, true);
    else this.at++;
  }

  private dollar(start: number): void {
    const next = this.text[this.at + 1];
    if (next === "'") {
      this.at += 2;
      while (!this.isOver() && this.text[this.at] !== "'") this.at += this.text[this.at] === '\\' ? 2 : 1;
      if (this.isOver())
        this.fail('never finds the end of the quote that opens here', start, start + 2, true);
      else this.at++;
      return;
    }
    if (next === '"') {
      this.at++;
      this.double(start);
      return;
    }
    if (next === '{') {
      this.expansion(start);
      return;
    }
    if (next !== '(') {
      this.at++;
      return;
    }
    this.at++;
    if (this.text[this.at + 1] === '(' && this.arithmetic()) return;
    this.at++;
    this.substitution(start, 2);
  }

  /** Commands up to `)`; what opened it is read. */
  private substitution(start: number, opened: number): void {
    const pending = this.pending;
    this.pending = [];
    this.list({ word: this.text.slice(start, start + opened), start });
    this.pending = [...pending, ...this.pending];
    this.close(')', start);
  }

  private expansion(start: number): void {
    this.at += 2;
    if (++this.depth > MAX_DEPTH) return this.giveUp();
    for (;;) {
      const character = this.text[this.at];
      if (character === undefined) {
        if (!this.fault)
          this.fail('never finds the "}" of the variable that opens here', start, start + 2, true);
        return;
      }
      if (character === '}') {
        this.at++;
        this.depth--;
        return;
      }
      // Inside double quotes a single quote is a letter: which of both holds here is not told.
      if (character === "'") this.at++;
      else if (/[\\"`$]/.test(character)) this.piece();
      else this.at++;
    }
  }
}
