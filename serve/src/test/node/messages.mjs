// Anthropic's client for Node against a server: node messages.mjs BASE_URL. Whatever is not as it should be ends it with an error.
import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic({ baseURL: process.argv[2], apiKey: 'none', maxRetries: 0 });
const messages = [{ role: 'user', content: 'How is the weather?' }];
const tools = [{
  name: 'weather',
  description: 'The weather of a city',
  input_schema: { type: 'object', properties: { city: { enum: ['Oslo', 'Bern'] } }, required: ['city'] },
}];
const asked = { model: 'tiny', max_tokens: 12, system: 'Be brief.', messages, temperature: 1, seed: 3 };
const prompt = (usage) => usage.input_tokens + usage.cache_read_input_tokens + usage.cache_creation_input_tokens;

const checks = {
  async 'a message is the same streamed or not'() {
    const whole = await client.messages.create(asked);
    const pieces = [];
    const stream = client.messages.stream(asked).on('text', (text) => pieces.push(text));
    const streamed = await stream.finalMessage();
    assert.ok(whole.content[0].text.length > 0);
    assert.equal(pieces.join(''), whole.content[0].text);
    assert.equal(streamed.content[0].text, whole.content[0].text);
    assert.equal(streamed.stop_reason, 'max_tokens');
    assert.equal(streamed.usage.output_tokens, whole.usage.output_tokens);
    assert.equal(prompt(streamed.usage), prompt(whole.usage));
    assert.ok(whole._request_id.startsWith('req_'));
  },

  async 'a tool is called, and its result goes back'() {
    const calling = { ...asked, max_tokens: 100, tools, tool_choice: { type: 'tool', name: 'weather' } };
    const whole = await client.messages.create(calling);
    const streamed = await client.messages.stream(calling).finalMessage();
    for (const message of [whole, streamed]) {
      assert.equal(message.stop_reason, 'tool_use');
      assert.equal(message.content[0].name, 'weather');
      assert.ok(['Oslo', 'Bern'].includes(message.content[0].input.city));
    }
    assert.deepEqual(streamed.content[0].input, whole.content[0].input);
    const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: whole.content[0].id, content: 'Rain' }] };
    const next = { ...asked, tools, messages: [...messages, { role: 'assistant', content: whole.content }, result] };
    const { max_tokens, temperature, seed, ...counted } = next;
    assert.equal((await client.messages.countTokens(counted)).input_tokens, prompt((await client.messages.create(next)).usage));
  },

  async 'a stream that is left ends'() {
    const stream = await client.messages.create({ ...asked, max_tokens: 900, stream: true });
    for await (const event of stream) {
      if (event.type === 'content_block_delta') break;
    }
  },

  async 'errors are those that the client knows'() {
    await assert.rejects(client.messages.create({ ...asked, max_tokens: -1 }), (e) => e instanceof Anthropic.BadRequestError && e.type === 'invalid_request_error');
    await assert.rejects(client.messages.create({ ...asked, model: 'claude-9' }), (e) => e instanceof Anthropic.NotFoundError && e.requestID.startsWith('req_'));
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: '' } };
    await assert.rejects(client.messages.create({ ...asked, messages: [{ role: 'user', content: [image] }] }), /image/);
  },

  async 'models are listed'() {
    const ids = [];
    for await (const model of client.models.list()) ids.push(model.id);
    assert.deepEqual(ids, ['tiny', 'tiny-2']);
  },
};

for (const [name, check] of Object.entries(checks)) {
  await check();
  console.log(name);
}
