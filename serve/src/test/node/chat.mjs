// OpenAI's client for Node against a server: node chat.mjs BASE_URL. Whatever is not as it should be ends it with an error.
import assert from 'node:assert/strict';
import OpenAI from 'openai';

const client = new OpenAI({ baseURL: process.argv[2] + '/v1', apiKey: 'none', maxRetries: 0 });
const messages = [{ role: 'user', content: 'How is the weather?' }];
const tools = [{
  type: 'function',
  function: {
    name: 'weather',
    description: 'The weather of a city',
    parameters: { type: 'object', properties: { city: { enum: ['Oslo', 'Bern'] } }, required: ['city'], additionalProperties: false },
  },
}];
const sampling = { model: 'tiny', messages, temperature: 1, seed: 3 };

const checks = {
  async 'a chat is the same streamed or not'() {
    const asked = { ...sampling, max_tokens: 12, n: 2 };
    const whole = await client.chat.completions.create(asked);
    const stream = client.chat.completions.stream({ ...asked, stream_options: { include_usage: true } });
    const streamed = await stream.finalChatCompletion();
    for (const i of [0, 1]) {
      assert.equal(streamed.choices[i].message.content, whole.choices[i].message.content);
      assert.equal(streamed.choices[i].finish_reason, whole.choices[i].finish_reason);
    }
    assert.equal((await stream.totalUsage()).total_tokens, whole.usage.total_tokens);
  },

  async 'a function is called, and its result goes back'() {
    const asked = { ...sampling, tools, tool_choice: 'required', parallel_tool_calls: false };
    const whole = (await client.chat.completions.create(asked)).choices[0];
    const streamed = (await client.chat.completions.stream(asked).finalChatCompletion()).choices[0];
    for (const choice of [whole, streamed]) {
      assert.equal(choice.finish_reason, 'tool_calls');
      assert.equal(choice.message.tool_calls[0].function.name, 'weather');
      assert.ok(['Oslo', 'Bern'].includes(JSON.parse(choice.message.tool_calls[0].function.arguments).city));
    }
    assert.equal(streamed.message.tool_calls[0].function.arguments, whole.message.tool_calls[0].function.arguments);
    const result = { role: 'tool', tool_call_id: whole.message.tool_calls[0].id, content: 'Rain' };
    const next = await client.chat.completions.create({ ...sampling, tools, messages: [...messages, whole.message, result], max_tokens: 4 });
    assert.ok(next.usage.prompt_tokens > 0);
  },

  async 'an answer follows a schema'() {
    const schema = { type: 'object', properties: { rain: { type: 'boolean' }, day: { enum: ['today', 'tomorrow'] } }, required: ['rain', 'day'], additionalProperties: false };
    const answer = await client.chat.completions.parse({ ...sampling, response_format: { type: 'json_schema', json_schema: { name: 'forecast', strict: true, schema } } });
    assert.equal(typeof answer.choices[0].message.parsed.rain, 'boolean');
  },

  async 'a stream that is left ends'() {
    const stream = await client.chat.completions.create({ ...sampling, max_tokens: 900, stream: true });
    for await (const piece of stream) {
      if (piece.choices[0]?.delta.content) break;
    }
  },

  async 'a text goes on'() {
    const asked = { model: 'tiny', prompt: ['Once', 'upon a time'], max_tokens: 4, temperature: 0 };
    const whole = await client.completions.create(asked);
    const texts = ['', ''];
    for await (const piece of await client.completions.create({ ...asked, stream: true })) {
      for (const choice of piece.choices) texts[choice.index] += choice.text;
    }
    assert.deepEqual(texts, whole.choices.map((choice) => choice.text));
  },

  async 'errors are those that the client knows'() {
    await assert.rejects(client.chat.completions.create({ ...sampling, temperature: 7 }), (e) => e instanceof OpenAI.BadRequestError && e.param === 'temperature');
    await assert.rejects(client.chat.completions.create({ ...sampling, model: 'gpt-9' }), (e) => e instanceof OpenAI.NotFoundError && e.code === 'model_not_found');
    await assert.rejects(client.chat.completions.create({ ...sampling, messages: [{ role: 'user', content: 'word '.repeat(2000) }], stream: true }),
      (e) => e instanceof OpenAI.BadRequestError && e.code === 'context_length_exceeded');
  },

  async 'responses are made, and embeddings'() {
    const response = await client.responses.create({ model: 'tiny', input: 'Hello', max_output_tokens: 5 });
    assert.equal(response.object, 'response');
    const types = [];
    for await (const event of await client.responses.create({ model: 'tiny', input: 'Hello', max_output_tokens: 5, stream: true })) types.push(event.type);
    assert.equal(types[0], 'response.created');
    assert.ok(types.includes('response.output_text.delta'));
    const embeddings = await client.embeddings.create({ model: 'tiny', input: ['The sea', 'A mountain'] });
    assert.equal(embeddings.data.length, 2);
    assert.ok(embeddings.data[0].embedding.length > 0);
    const ids = (await client.models.list()).data.map((model) => model.id);
    assert.deepEqual(ids, ['tiny', 'tiny-2']);
  },
};

for (const [name, check] of Object.entries(checks)) {
  await check();
  console.log(name);
}
