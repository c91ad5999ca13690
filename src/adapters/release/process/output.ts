import { promises as fs } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import type { Masking } from './masking';

/** What is kept of an output on disk: so much of its beginning, and of its end. */
const MAX_HEAD_BYTES = 8 * 1024 * 1024;
const MAX_TAIL_BYTES = 8 * 1024 * 1024;

/** A longer line is cut. */
const MAX_LINE = 16 * 1024;

/** Lines of the end that an outcome holds. */
const TAIL_LINES = 40;

/** Lines that a face is told in one second; more cannot be read. */
const LINES_PER_SECOND = 500;

/** A line whose end may begin a secret waits so long for the next. */
const HOLD_MS = 200;

/** More that waits for the disk stops the reading, and with it the program that writes. */
const MAX_WAITING_BYTES = 1024 * 1024;

/** One line of a program's output as it may be shown: masked, without escape sequences. */
export interface OutputLine {
  /** When it arrived, ISO 8601, UTC. */
  readonly at: string;
  readonly stream: 'out' | 'err';
  readonly text: string;
}

/** What an output came to. */
export interface OutputSum {
  readonly lines: number;
  readonly bytes: number;
  readonly tail: readonly string[];
  /** What could not be kept and why; ''. A clause without full stop. */
  readonly detail: string;
}

/** Takes what a program writes, masks it, keeps its beginning and its end in a file, and tells it line by line. */
export interface OutputSink {
  /** False: wait with more until `whenReady`. */
  take(stream: 'out' | 'err', chunk: Buffer): boolean;
  whenReady(): Promise<void>;
  /** A remark of the gate's own within the output. */
  remark(text: string): void;
  end(): Promise<OutputSum>;
}

/** How an output is kept. */
export interface OutputOptions {
  /** Made anew and for its owner alone; where something is there already, opening rejects with `EEXIST`. */
  readonly path: string | null;
  readonly masking: Masking;
  readonly now: () => Date;
  readonly onLine?: ((line: OutputLine) => void) | undefined;
  readonly maxHeadBytes?: number;
  readonly maxTailBytes?: number;
}

/** What came too late for the beginning. */
interface Late {
  readonly stream: 'out' | 'err';
  readonly at: string;
  readonly chunk: Buffer;
  readonly cost: number;
}

/** A line costs its time on disk, a chunk its place in memory. */
const LINE_COST = 30;
const CHUNK_COST = 200;

/** Opens the file of an output; rejects where it cannot be made. */
export async function openOutput(options: OutputOptions): Promise<OutputSink> {
  const file = options.path === null ? null : await fs.open(options.path, 'wx', 0o600);
  const { masking, now, onLine } = options;
  const maxHead = options.maxHeadBytes ?? MAX_HEAD_BYTES;
  const maxTail = options.maxTailBytes ?? MAX_TAIL_BYTES;

  let bytes = 0;
  let lines = 0;
  let kept = 0;
  let failure = '';
  let waiting: string[] = [];
  let waitingBytes = 0;
  let writing: Promise<void> | null = null;
  const tail: string[] = [];

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      const text = waiting.join('');
      waiting = [];
      try {
        // `writeFile` goes on where the system took only a part.
        if (file && failure === '') await file.writeFile(text);
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? String(error);
        failure = `the output could not be kept from ${now().toISOString()} on (${code})`;
      }
      waitingBytes -= Buffer.byteLength(text);
    }
    writing = null;
  };
  const write = (text: string): void => {
    waiting.push(text);
    waitingBytes += Buffer.byteLength(text);
    writing ??= Promise.resolve().then(drain);
  };

  let second = 0;
  let toldInSecond = 0;
  let untold = 0;
  const tell = (line: OutputLine): void => {
    const thisSecond = Math.floor(performance.now() / 1000);
    if (thisSecond !== second) {
      if (untold > 0) onLine?.({ ...line, text: `… ${untold} more lines, in the file of the output` });
      second = thisSecond;
      toldInSecond = 0;
      untold = 0;
    }
    if (toldInSecond++ < LINES_PER_SECOND) onLine?.(line);
    else untold++;
  };
  const keep = (line: OutputLine): void => {
    const text = `${line.at} ${line.stream === 'err' ? '!' : '|'} ${line.text}\n`;
    kept += Buffer.byteLength(text);
    write(text);
    tail.push(line.text);
    if (tail.length > TAIL_LINES) tail.shift();
    tell(line);
  };

  const streams = { out: lineReader('out', masking, keep), err: lineReader('err', masking, keep) };
  /** What came after the beginning was full, as it came: masked when it is written, and in memory until then. */
  let ring: Late[] = [];
  let ringCost = 0;
  let leftOut = 0;
  let isFull = false;
  let lastTold = 0;

  const takeLate = (stream: 'out' | 'err', chunk: Buffer, at: string): void => {
    const newlines = newlinesIn(chunk);
    lines += newlines;
    const cost = chunk.length + newlines * LINE_COST + CHUNK_COST;
    ring.push({ stream, at, chunk, cost });
    ringCost += cost;
    for (let first = ring[0]; first && ring.length > 1 && ringCost > maxTail; first = ring[0]) {
      ring.shift();
      ringCost -= first.cost;
      leftOut += first.chunk.length;
    }
    if (performance.now() - lastTold > 1000) {
      lastTold = performance.now();
      onLine?.({
        at,
        stream,
        text: `… ${bytes} bytes so far; the end of them is shown when the program ends`,
      });
    }
  };

  let hold: NodeJS.Timeout | null = null;
  return {
    take: (stream, chunk) => {
      bytes += chunk.length;
      const at = now().toISOString();
      if (isFull) {
        takeLate(stream, chunk, at);
        return true;
      }
      lines += newlinesIn(chunk);
      streams[stream].take(chunk, at);
      if (kept > maxHead) isFull = true;
      if (hold) clearTimeout(hold);
      hold = setTimeout(() => {
        for (const reader of [streams.out, streams.err]) reader.release();
      }, HOLD_MS);
      return waitingBytes < MAX_WAITING_BYTES;
    },
    whenReady: async () => {
      while (writing && waitingBytes >= MAX_WAITING_BYTES) await writing;
    },
    remark: (text) => {
      for (const reader of [streams.out, streams.err]) reader.release();
      keep({ at: now().toISOString(), stream: 'err', text: `[release-gate] ${masking.mask(text)}` });
    },
    end: async () => {
      if (hold) clearTimeout(hold);
      // What goes on behind the beginning that is kept goes on in the same line.
      if (ring.length === 0 || leftOut > 0) for (const reader of [streams.out, streams.err]) reader.flush();
      if (ring.length > 0) {
        if (leftOut > 0) {
          const at = ring[0]?.at ?? now().toISOString();
          keep({ at, stream: 'err', text: `[release-gate] ${leftOut} bytes are left out here` });
          // The first line that is left is the end of one: it may begin amid a secret.
          ring = withoutFirstLines(ring, masking.longest);
        }
        for (const { stream, at, chunk } of ring) {
          streams[stream].take(chunk, at);
          if (waitingBytes >= MAX_WAITING_BYTES) await writing;
        }
        ring = [];
        for (const reader of [streams.out, streams.err]) reader.flush();
      }
      if (untold > 0) {
        onLine?.({
          at: now().toISOString(),
          stream: 'out',
          text: `… ${untold} more lines, in the file of the output`,
        });
      }
      if (writing) await writing;
      if (file) {
        try {
          if (failure === '') await file.sync();
        } catch (error) {
          failure = `the output could not be kept (${(error as NodeJS.ErrnoException).code ?? String(error)})`;
        }
        await file.close().catch(() => undefined);
      }
      const notes = [leftOut > 0 ? `${leftOut} bytes amid the output were left out` : '', failure];
      return { lines, bytes, tail: [...tail], detail: notes.filter(Boolean).join('; ') };
    },
  };
}

/** Of each stream the text up to its first line end, and as much as a secret that goes over lines may reach, is not shown. */
function withoutFirstLines<T extends { readonly stream: 'out' | 'err'; readonly chunk: Buffer }>(
  chunks: readonly T[],
  longest: number,
): T[] {
  const dropped = { out: 0, err: 0 };
  const isOpen = { out: true, err: true };
  return chunks.flatMap((one) => {
    if (!isOpen[one.stream]) return [one];
    const from = Math.max(0, longest - dropped[one.stream]);
    const end = from >= one.chunk.length ? -1 : one.chunk.indexOf(10, from);
    if (end === -1) {
      dropped[one.stream] += one.chunk.length;
      return [];
    }
    isOpen[one.stream] = false;
    return [{ ...one, chunk: one.chunk.subarray(end + 1) }];
  });
}

function newlinesIn(chunk: Buffer): number {
  let count = 0;
  for (let at = 0; at < chunk.length; at++) if (chunk[at] === 10) count++;
  return count;
}

interface LineReader {
  take(chunk: Buffer, at: string): void;
  /** Lets go what waits for a next line. */
  release(): void;
  /** The same, and the line that has no end yet. */
  flush(): void;
}

/** Cuts the bytes of one stream into lines that may be shown. `\r` ends a line too: progress is written over itself by it. */
function lineReader(stream: 'out' | 'err', masking: Masking, give: (line: OutputLine) => void): LineReader {
  const mask = masking.forLines();
  const margin = 4 * masking.longest + 4096;
  const room = MAX_LINE + margin;
  let endedWithReturn = false;
  let parts: Buffer[] = [];
  let size = 0;
  /** Of the line that is read, those beyond what is held. */
  let beyond = 0;
  let at = '';
  let binary: { at: string; bytes: number } | null = null;

  const emit = (text: string, time: string): void => give({ at: time, stream, text });
  const giveBinary = (): void => {
    if (binary) emit(`<binary, ${binary.bytes} bytes>`, binary.at);
    binary = null;
  };
  const finish = (): void => {
    const raw = parts.length === 1 ? (parts[0] ?? Buffer.alloc(0)) : Buffer.concat(parts);
    const cut = beyond;
    parts = [];
    size = 0;
    beyond = 0;
    if (isBinary(raw) || (binary && mayBeBinary(raw))) {
      binary = { at: binary?.at ?? at, bytes: (binary?.bytes ?? 0) + raw.length + cut + 1 };
      return;
    }
    if (binary) {
      release();
      giveBinary();
    }
    const clean = withoutControls(raw.toString('utf8'));
    for (const line of mask.push(clean, { at, cut })) emit(cutOff(line.text, line.about.cut), line.about.at);
  };
  const cutOff = (text: string, cut: number): string => {
    if (text.length <= MAX_LINE && cut === 0) return text;
    // Where bytes are missing, the end of what is held may be half a secret.
    const shown = text.slice(0, Math.min(MAX_LINE, cut > 0 ? Math.max(0, text.length - margin) : MAX_LINE));
    return `${shown} … (${text.length - shown.length + cut} more bytes)`;
  };
  const add = (piece: Buffer): void => {
    const fits = Math.max(0, Math.min(piece.length, room - size));
    // A copy: what is held must not keep the whole chunk.
    if (fits > 0) parts.push(Buffer.from(piece.subarray(0, fits)));
    size += fits;
    beyond += piece.length - fits;
  };
  const release = (): void => {
    for (const line of mask.flush()) {
      const about = line.about as { readonly at: string; readonly cut: number };
      emit(cutOff(line.text, about.cut), about.at);
    }
  };
  return {
    take: (chunk, time) => {
      let start = endedWithReturn && chunk[0] === 10 ? 1 : 0;
      endedWithReturn = chunk[chunk.length - 1] === 13;
      for (let end = endOfLine(chunk, start); end !== -1; end = endOfLine(chunk, start)) {
        if (size === 0) at = time;
        add(chunk.subarray(start, end));
        const isPair = chunk[end] === 13 && chunk[end + 1] === 10;
        start = end + (isPair ? 2 : 1);
        if (size > 0 || isPair || chunk[end] === 10) finish();
      }
      if (start < chunk.length) {
        if (size === 0) at = time;
        add(chunk.subarray(start));
      }
    },
    release,
    flush: () => {
      if (size > 0) finish();
      release();
      giveBinary();
    },
  };
}

function endOfLine(chunk: Buffer, from: number): number {
  for (let at = from; at < chunk.length; at++) if (chunk[at] === 10 || chunk[at] === 13) return at;
  return -1;
}

/** Bytes that no text has: a NUL, or more than a few control characters or bytes that are no UTF-8. */
function isBinary(raw: Buffer): boolean {
  if (raw.length === 0) return false;
  let controls = 0;
  for (const byte of raw) {
    if (byte === 0) return true;
    if (byte < 32 && byte !== 9 && byte !== 27 && byte !== 8 && byte !== 7) controls++;
  }
  if (controls > 2 && controls * 10 > raw.length) return true;
  const broken = raw.toString('utf8').match(/\uFFFD/g)?.length ?? 0;
  return broken > 2 && broken * 10 > raw.length;
}

/** Amid binary output, what by itself could be a line of text with an odd character. */
function mayBeBinary(raw: Buffer): boolean {
  return (
    raw.length === 0 ||
    raw.toString('utf8').includes('\uFFFD') ||
    raw.some((byte) => byte < 32 && byte !== 9 && byte !== 27)
  );
}

/** Without escape sequences; other control characters are shown by their codes. */
function withoutControls(text: string): string {
  return stripVTControlCharacters(text).replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
