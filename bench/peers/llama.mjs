// Serves `parley bench decode` with llama.cpp's fastest build of this machine. For each line
//   {"model": FILE.gguf, "prompt": [ids], "tokens": n, "threads": n}
// on standard input it writes a line {"prefill_s": seconds, "decode_s": seconds, "ids": [...]}: the time of reading the
// prompt up to the first token, and that of the tokens after it, chosen greedily. Set up by: npm install --prefix bench/peers
import readline from "node:readline";
import {getLlama} from "node-llama-cpp";

const llama = await getLlama({gpu: false, logLevel: "error"});
let loaded = null;

async function open(file, threads) {
    if (loaded && loaded.file === file) return loaded;
    if (loaded) await loaded.model.dispose();
    const model = await llama.loadModel({modelPath: file});
    const context = await model.createContext({contextSize: 1024, batchSize: 512, threads, flashAttention: false});
    loaded = {file, model, sequence: context.getSequence()};
    return loaded;
}

for await (const line of readline.createInterface({input: process.stdin})) {
    const request = JSON.parse(line);
    const {sequence} = await open(request.model, request.threads);
    await sequence.clearHistory();
    const start = performance.now();
    let first = 0;
    const ids = [];
    for await (const id of sequence.evaluate(request.prompt, {temperature: 0, yieldEogToken: true})) {
        if (ids.length === 0) first = performance.now();
        ids.push(Number(id));
        if (ids.length >= request.tokens) break;
    }
    const end = performance.now();
    console.log(JSON.stringify({prefill_s: (first - start) / 1000, decode_s: (end - first) / 1000, ids}));
}
process.exit(0);
