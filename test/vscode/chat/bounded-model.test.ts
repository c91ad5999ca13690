import assert from 'node:assert/strict';
import { boundedModel } from '../../../src/vscode/chat/bounded-model';

class ToolCall {
  constructor(
    readonly callId: string,
    readonly name: string,
    readonly input: object,
  ) {}
}

/** A model that calls a tool whenever it is asked, offered or not, and says a word with it. */
function insistentModel(seen: { tools: number }[]): Parameters<typeof boundedModel>[0] {
  return {
    id: 'm',
    name: 'Insistent',
    vendor: 'test',
    family: 'test',
    version: '1',
    maxInputTokens: 1000,
    countTokens: () => Promise.resolve(1),
    sendRequest: (_messages, options) => {
      seen.push({ tools: options?.tools?.length ?? 0 });
      async function* stream() {
        yield new ToolCall('c', 'tool', {});
        yield { value: 'word' };
      }
      async function* text() {
        yield 'word';
      }
      return Promise.resolve({ stream: stream(), text: text() });
    },
  };
}

async function toolCallsOf(model: Parameters<typeof boundedModel>[0]): Promise<number> {
  const tools = [{ name: 'tool', description: '' }];
  const answer = await model.sendRequest([], { tools });
  let calls = 0;
  for await (const part of answer.stream) if (part instanceof ToolCall) calls++;
  return calls;
}

describe('a model with a bound on its tool rounds', () => {
  it('offers tools for so many rounds, then none, and lets no call through', async () => {
    const seen: { tools: number }[] = [];
    const model = boundedModel(
      insistentModel(seen),
      () => false,
      () => new Error('cancelled'),
      2,
    );
    const calls = [];
    for (let round = 0; round < 4; round++) calls.push(await toolCallsOf(model));
    assert.deepEqual(calls, [1, 1, 0, 0]);
    assert.deepEqual(
      seen.map((request) => request.tools),
      [1, 1, 0, 0],
    );
  });

  it('asks nothing more after it was cancelled', async () => {
    const seen: { tools: number }[] = [];
    const model = boundedModel(
      insistentModel(seen),
      () => true,
      () => new Error('cancelled'),
    );
    await assert.rejects(async () => model.sendRequest([]), /cancelled/);
    assert.deepEqual(seen, []);
  });
});
