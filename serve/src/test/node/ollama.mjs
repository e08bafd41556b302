// Ollama's client for Node against a server: node ollama.mjs BASE_URL. Whatever is not as it should be ends it with an error.
import assert from 'node:assert/strict';
import { Ollama } from 'ollama';

const client = new Ollama({ host: process.argv[2] });
const messages = [{ role: 'user', content: 'How is the weather?' }];
const options = { temperature: 1, seed: 3, num_predict: 12 };
const tools = [{
  type: 'function',
  function: {
    name: 'weather',
    description: 'The weather of a city',
    parameters: { type: 'object', properties: { city: { type: 'string', enum: ['Oslo', 'Bern'] } }, required: ['city'] },
  },
}];

const checks = {
  async 'a chat is the same streamed or not'() {
    const whole = await client.chat({ model: 'tiny', messages, options });
    let text = '';
    let last;
    for await (const part of await client.chat({ model: 'tiny', messages, options, stream: true })) {
      text += part.message.content;
      last = part;
    }
    assert.ok(whole.message.content.length > 0);
    assert.equal(text, whole.message.content);
    assert.equal(last.done_reason, 'length');
    assert.equal(last.eval_count, whole.eval_count);
    assert.equal(last.prompt_eval_count, whole.prompt_eval_count);
    assert.ok(last.total_duration > 0 && last.eval_duration > 0);
  },

  async 'a text is generated, and gone on with'() {
    const first = await client.generate({ model: 'tiny', prompt: 'Once', options });
    let text = '';
    for await (const part of await client.generate({ model: 'tiny', prompt: 'Once', options, stream: true })) text += part.response;
    assert.equal(text, first.response);
    const second = await client.generate({ model: 'tiny', prompt: 'And then?', context: first.context, options });
    assert.ok(second.prompt_eval_count > first.context.length);
    const raw = await client.generate({ model: 'tiny', prompt: 'Once', raw: true, options });
    assert.ok(raw.prompt_eval_count < first.prompt_eval_count);
  },

  async 'a function is called, and its result goes back'() {
    // The answer is held to a call, as a trained model would make one.
    const choice = ['<tool_call>\n{"name": "weather", "arguments": {"city": "Oslo"}}\n</tool_call>'];
    const called = await client.chat({ model: 'tiny', messages, tools, choice });
    assert.deepEqual(called.message.tool_calls.map((call) => call.function.name), ['weather']);
    assert.ok(['Oslo', 'Bern'].includes(called.message.tool_calls[0].function.arguments.city));
    const result = { role: 'tool', tool_name: 'weather', content: 'Rain' };
    const next = await client.chat({ model: 'tiny', messages: [...messages, called.message, result], tools, options });
    assert.ok(next.prompt_eval_count > called.prompt_eval_count);
  },

  async 'an answer follows a schema'() {
    const format = { type: 'object', properties: { rain: { type: 'boolean' }, day: { enum: ['today', 'tomorrow'] } }, required: ['rain', 'day'], additionalProperties: false };
    const answer = JSON.parse((await client.chat({ model: 'tiny', messages, format, options: { temperature: 1, seed: 3 } })).message.content);
    assert.equal(typeof answer.rain, 'boolean');
  },

  async 'a stream that is left ends'() {
    const stream = await client.chat({ model: 'tiny', messages, stream: true, options: { ...options, num_predict: 900 } });
    for await (const part of stream) {
      if (part.message.content) break;
    }
    stream.abort();
  },

  async 'models are listed, shown, loaded and let go'() {
    const listed = (await client.list()).models;
    assert.deepEqual(listed.map((model) => model.name), ['tiny:latest', 'tiny-2:latest']);
    assert.match(listed[0].digest, /^[0-9a-f]{64}$/);
    assert.equal(listed[0].details.family, 'gpt2');
    const shown = await client.show({ model: 'tiny' });
    assert.equal(shown.model_info['gpt2.context_length'], 1024);
    assert.ok(shown.capabilities.includes('tools') && shown.capabilities.includes('completion'));
    assert.ok(shown.template.includes('<|im_start|>'));
    await client.generate({ model: 'tiny-2', prompt: '', keep_alive: '10m' });
    assert.ok((await client.ps()).models.some((model) => model.name === 'tiny-2:latest' && new Date(model.expires_at) > new Date()));
    assert.equal((await client.generate({ model: 'tiny-2', prompt: '', keep_alive: 0 })).done_reason, 'unload');
    assert.match((await client.version()).version, /^\d+\.\d+\.\d+$/);
  },

  async 'texts become vectors'() {
    const one = await client.embed({ model: 'tiny', input: 'The sea' });
    const two = await client.embed({ model: 'tiny', input: ['The sea', 'A mountain'] });
    assert.deepEqual(two.embeddings[0], one.embeddings[0]);
    assert.equal(two.embeddings.length, 2);
    const length = Math.hypot(...two.embeddings[1]);
    assert.ok(Math.abs(length - 1) < 1e-5, String(length));
    assert.deepEqual((await client.embeddings({ model: 'tiny', prompt: 'The sea' })).embedding, one.embeddings[0]);
  },

  async 'errors are those that the client knows'() {
    await assert.rejects(client.chat({ model: 'gpt-9', messages }), (e) => e.name === 'ResponseError' && e.status_code === 404 && e.message.includes('not found'));
    await assert.rejects(client.chat({ model: 'tiny', messages: [{ role: 'user', content: 'x', images: ['aGk='] }] }), (e) => e.status_code === 400 && e.message.includes('images'));
    await assert.rejects(client.chat({ model: 'tiny', messages, think: true }), (e) => e.status_code === 400 && e.message.includes('thinking'));
    await assert.rejects(client.delete({ model: 'tiny' }), (e) => e.status_code === 400 && e.message.includes('/api/delete'));
    await assert.rejects(client.pull({ model: 'org/absent' }), (e) => e.status_code === 403);
    assert.equal((await client.pull({ model: 'tiny' })).status, 'success');
  },
};

for (const [name, check] of Object.entries(checks)) {
  await check();
  console.log(name);
}
