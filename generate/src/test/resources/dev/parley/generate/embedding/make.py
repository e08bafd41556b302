"""Makes the folders beside this file: a small random Qwen3 as an embedding model and as rerankers, and what they give in float64.

    pip install torch transformers safetensors tokenizers && python make.py

Made with transformers 5.18.0 and torch 2.13.0. The formulas of pooling are sentence-transformers', of scores those of Qwen3-Reranker's card,
written down here once more."""
import json, os, shutil, torch, transformers as t
from tokenizers import Tokenizer, models, pre_tokenizers, decoders, trainers, processors

HERE = os.path.dirname(os.path.abspath(__file__))
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
CORPUS = ["yes no yes no", "the sea is blue and the hill is green", "how long may I return it?", "Instruct: Query: Document: assistant user system"]
EMBEDDING, RERANKER, HEAD = (os.path.join(HERE, name) for name in ("qwen3-embedding", "qwen3-reranker", "qwen3-head"))
# Ours, in the form of templates that know the roles query and document.
TEMPLATE = """{%- set task = messages | selectattr('role', 'eq', 'system') | map(attribute='content') | first | default('Find what answers.') -%}
<|im_start|>system
Say yes or no.<|im_end|>
<|im_start|>user
{{ task }} | {{ messages | selectattr('role', 'eq', 'query') | map(attribute='content') | first }} | {{ messages | selectattr('role', 'eq', 'document') | map(attribute='content') | first }}<|im_end|>
{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""


def write(folder, name, what):
    os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
    with open(os.path.join(folder, name), "w") as f:
        f.write(what if isinstance(what, str) else json.dumps(what, indent=1) + "\n")


def tokenizer():
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    made.train_from_iterator(CORPUS * 5, trainers.BpeTrainer(vocab_size=300, special_tokens=SPECIAL, show_progress=False,
                                                             initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    made.post_processor = processors.TemplateProcessing(single="$A <|endoftext|>", special_tokens=[("<|endoftext|>", 0)])
    return made


def unit(x):
    return x / x.norm()


def listed(x):
    return [float(f"{v:.9g}") for v in x.tolist()]


tok = tokenizer()
torch.manual_seed(3)
config = t.Qwen3Config(vocab_size=tok.get_vocab_size(), hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
                       num_key_value_heads=2, head_dim=16, max_position_embeddings=512, tie_word_embeddings=True, bos_token_id=0, eos_token_id=0)
model = t.Qwen3ForCausalLM(config)
with torch.no_grad():
    for p in model.parameters():
        p.copy_(((1.0 if p.dim() == 1 else 0.0) + (0.3 if p.dim() == 1 else 0.7 if p.shape[0] > 200 else 0.2) * torch.randn(p.shape)).bfloat16().float())
head = (torch.randn(1, 32) * 0.3).bfloat16()
for folder in (EMBEDDING, RERANKER, HEAD):
    shutil.rmtree(folder, ignore_errors=True)
    model.to(torch.bfloat16).save_pretrained(folder)
    os.remove(os.path.join(folder, "generation_config.json"))
    tok.save(os.path.join(folder, "tokenizer.json"))
    write(folder, "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|endoftext|>"})

# An embedding model.
PROMPTS = {"query": "Instruct: Given a question, find what answers it\nQuery:", "document": "", "title": "title: "}
write(EMBEDDING, "modules.json", [{"idx": i, "name": str(i), "path": path, "type": "sentence_transformers.models." + kind}
                                  for i, (path, kind) in enumerate([("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")])])
write(EMBEDDING, "1_Pooling/config.json", {"word_embedding_dimension": 32, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": False,
                                           "pooling_mode_max_tokens": False, "pooling_mode_mean_sqrt_len_tokens": False,
                                           "pooling_mode_weightedmean_tokens": False, "pooling_mode_lasttoken": True, "include_prompt": True})
write(EMBEDDING, "config_sentence_transformers.json", {"prompts": PROMPTS, "default_prompt_name": None, "similarity_fn_name": "cosine"})
wide = t.Qwen3ForCausalLM.from_pretrained(EMBEDDING, attn_implementation="eager", dtype=torch.float64).eval()


def states(ids):
    return wide.model(input_ids=torch.tensor([ids]), use_cache=False).last_hidden_state[0]


rows = []
for text in ["the sea is blue", "A hill?", PROMPTS["query"] + "how long may I return it?", PROMPTS["title"] + "sea"]:
    ids = tok.encode(text).ids
    s = states(ids)
    n = torch.arange(1, len(ids) + 1, dtype=torch.float64).unsqueeze(1)
    pooled = {"cls": s[0], "max": s.max(0).values, "mean": s.mean(0), "mean_sqrt_len_tokens": s.sum(0) / len(ids) ** 0.5,
              "weightedmean": (n * s).sum(0) / n.sum(), "lasttoken": s[-1]}
    rows.append({"text": text, "ids": ids, "pooled": {k: listed(v) for k, v in pooled.items()}, "unit": listed(unit(s[-1])),
                 "of_8": listed(unit(s[-1][:8])), "mean_and_last": listed(unit(torch.cat([pooled["mean"], pooled["lasttoken"]])))})
write(EMBEDDING, "expected.json", {"made_by": f"transformers {t.__version__}, float64", "rows": rows})

# Rerankers: by the form of Qwen3-Reranker, by a template of its own, by a head.
PREFIX = ("<|im_start|>system\nJudge whether the Document meets the requirements based on the Query and the Instruct provided. Note that the "
          "answer can only be \"yes\" or \"no\".<|im_end|>\n<|im_start|>user\n")
SUFFIX = "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n"
yes, no = tok.token_to_id("yes"), tok.token_to_id("no")
assert yes and no


def plain(text):
    return tok.encode(text, add_special_tokens=False).ids


def judged(task, query, document):
    return plain(PREFIX) + plain(f"<Instruct>: {task}\n<Query>: {query}\n<Document>: {document}") + plain(SUFFIX)


def by_template(task, query, document):
    import jinja2
    messages = ([{"role": "system", "content": task}] if task else []) + [{"role": "query", "content": query}, {"role": "document", "content": document}]
    environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True)
    return plain(environment.from_string(TEMPLATE).render(messages=messages, add_generation_prompt=True))


def logits(ids):
    return wide.lm_head(states(ids)[-1])


TASK = "Given a web search query, retrieve relevant passages that answer the query"
pairs = []
for task, query, document in [("", "what is blue?", "the sea is blue"), ("", "what is blue?", "the hill is green"),
                              ("Find a colour", "what is blue?", "the hill is green"), ("", "how long may I return it?", "yes, thirty days")]:
    ids, own = judged(task or TASK, query, document), by_template(task, query, document)
    scores = logits(ids)
    last = states(ids)[-1]
    pairs.append({"instruction": task, "query": query, "document": document, "ids": ids,
                  "score": torch.softmax(torch.stack([scores[no], scores[yes]]), 0)[1].item(),
                  "template_ids": own, "template_score": torch.sigmoid(logits(own)[yes] - logits(own)[no]).item(),
                  "one_token_score": torch.sigmoid(logits(own)[yes]).item(), "head_score": torch.sigmoid(head[0].double() @ last).item()})
write(RERANKER, "expected.json", {"made_by": f"transformers {t.__version__}, float64", "yes": yes, "no": no, "pairs": pairs})
with open(os.path.join(HEAD, "config.json")) as f: c = json.load(f)
c.update(architectures=["Qwen3ForSequenceClassification"], id2label={"0": "LABEL_0"}, label2id={"LABEL_0": 0})
write(HEAD, "config.json", c)
from safetensors.torch import load_file, save_file
tensors = load_file(os.path.join(HEAD, "model.safetensors"))
save_file({**tensors, "score.weight": head}, os.path.join(HEAD, "model.safetensors"), {"format": "pt"})
write(RERANKER, "own_template.jinja", TEMPLATE)
print(len(rows), "texts;", [round(p["score"], 4) for p in pairs], [round(p["template_score"], 4) for p in pairs], [round(p["head_score"], 4) for p in pairs])
