"""Makes the folders beside this file: small random models of each family, and what transformers computes with them in float64.

    pip install torch transformers safetensors && python make.py

Made with transformers 5.18.0 and torch 2.13.0."""
import json, os, sys, torch, transformers as t
from safetensors.torch import load_file, save_file
from transformers.integrations.mxfp4 import convert_moe_packed_tensors

HERE = os.path.dirname(os.path.abspath(__file__))
COMMON = dict(vocab_size=97, hidden_size=32, intermediate_size=56, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2,
              max_position_embeddings=64, bos_token_id=1, eos_token_id=2, pad_token_id=0, attn_implementation="eager")
LONG = dict(rope_type="longrope", rope_theta=10000.0, original_max_position_embeddings=16, short_factor=[1.0, 1.1, 1.3], long_factor=[2.0, 3.0, 5.0],
            partial_rotary_factor=0.75)
OSS = dict(**{**COMMON, "num_hidden_layers": 4, "intermediate_size": 64}, head_dim=16, sliding_window=5, num_local_experts=5, num_experts_per_tok=2)

MODELS = {
    "gemma2": t.Gemma2Config(**COMMON, head_dim=16, sliding_window=5, query_pre_attn_scalar=16, attn_logit_softcapping=5.0,
                             final_logit_softcapping=7.0),
    "gemma3": t.Gemma3TextConfig(**{**COMMON, "num_hidden_layers": 7}, head_dim=16, sliding_window=5, query_pre_attn_scalar=16,
                                 rope_parameters={"full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1e6},
                                                  "sliding_attention": {"rope_type": "default", "rope_theta": 1e4}}),
    "phi3": t.Phi3Config(**COMMON, sliding_window=6),
    "phi4-mini": t.Phi3Config(**COMMON, rope_parameters=LONG, tie_word_embeddings=True, original_max_position_embeddings=16),
    "olmo2": t.Olmo2Config(**COMMON),
    "olmo3": t.Olmo3Config(**{**COMMON, "num_hidden_layers": 4}, sliding_window=5,
                           rope_parameters={"full_attention": dict(rope_type="yarn", rope_theta=5e5, factor=4.0, beta_fast=32.0,
                                                original_max_position_embeddings=16, attention_factor=1.2, beta_slow=1.0),
                                            "sliding_attention": dict(rope_type="default", rope_theta=5e5)}),
    "granite": t.GraniteConfig(**COMMON, embedding_multiplier=6.0, logits_scaling=3.0, residual_multiplier=0.4, attention_multiplier=0.2,
                               attention_bias=True, mlp_bias=True),
    "gpt-neox": t.GPTNeoXConfig(**{k: v for k, v in COMMON.items() if k != "num_key_value_heads"}, rotary_pct=0.5,
                                tie_word_embeddings=False),
    "gpt-neox-sequential": t.GPTNeoXConfig(**{k: v for k, v in COMMON.items() if k != "num_key_value_heads"}, rotary_pct=1.0,
                                           use_parallel_residual=False, attention_bias=False),
    "qwen3-moe": t.Qwen3MoeConfig(**{**COMMON, "num_hidden_layers": 2}, head_dim=16, moe_intermediate_size=24, num_experts=6, num_experts_per_tok=2,
                                  norm_topk_prob=True),
    "qwen3-moe-mixed": t.Qwen3MoeConfig(**COMMON, head_dim=16, moe_intermediate_size=24, num_experts=5, num_experts_per_tok=3,
                                        norm_topk_prob=False, mlp_only_layers=[1]),
    "lfm2": t.Lfm2Config(**{**COMMON, "num_hidden_layers": 5, "intermediate_size": 59}, block_multiple_of=8, full_attn_idxs=[1, 3]),
    "lfm2-four-taps": t.Lfm2Config(**{**COMMON, "num_hidden_layers": 2}, block_auto_adjust_ff_dim=False, conv_L_cache=4,
                                   layer_types=["full_attention", "conv"], tie_word_embeddings=False),
    "smollm3": t.SmolLM3Config(**{**COMMON, "num_hidden_layers": 5}),
    "ministral3": t.Ministral3Config(**COMMON, head_dim=16, rope_parameters=dict(rope_type="yarn", rope_theta=1e6, factor=4.0,
                                     original_max_position_embeddings=16, beta_fast=32.0, beta_slow=1.0, mscale=1.0, mscale_all_dim=1.0,
                                     llama_4_scaling_beta=0.1)),
    "gpt-oss": t.GptOssConfig(**OSS, rope_parameters=dict(rope_type="yarn", rope_theta=150000.0, factor=4.0, beta_fast=32.0, beta_slow=1.0,
                              truncate=False, original_max_position_embeddings=16)),
    "gpt-oss-yarn": t.GptOssConfig(**OSS, rope_parameters=dict(rope_type="yarn", rope_theta=150.0, factor=4.0, beta_fast=1.0, beta_slow=0.2,
                                   truncate=False, original_max_position_embeddings=16)),  # bounds between whole numbers
    "gpt-oss-mxfp4": t.GptOssConfig(**{**OSS, "num_hidden_layers": 2}, rope_parameters=dict(rope_type="default", rope_theta=10000.0)),
}
RNG = torch.Generator().manual_seed(20261127)


def randomise(model, family):
    """Weights wide enough for every part to matter; norms near the value that leaves a vector as it is."""
    with torch.no_grad():
        for name, p in model.named_parameters():
            spread = 0.3 if p.dim() == 1 else 0.9 / p.shape[-1] ** 0.5 if "embed" not in name else 0.1 if "gemma" in family else 0.6
            if name.endswith("gate_up_proj"): spread = 3.5 / p.shape[1] ** 0.5 if family.startswith("gpt-oss") else spread  # beyond the bounds of 7
            base = 1.0 if p.dim() == 1 and float(p.detach().float().mean()) > 0.5 else 0.0
            p.copy_((base + spread * torch.randn(p.shape, generator=RNG)).float().bfloat16().float())


def parts(family, parameters):
    """Gradients under the names of the saved files, which hold each expert by itself and NeoX's head under a name of its own."""
    for name, p in parameters:
        if "neox" in family:
            yield name.replace("lm_head", "embed_out"), p.grad
        elif family.startswith("qwen3-moe") and ".experts." in name:
            path, kind = name.rsplit(".", 1)
            for e in range(p.shape[0]):
                if kind == "down_proj":
                    yield f"{path}.{e}.down_proj.weight", p.grad[e]
                else:
                    half = p.shape[1] // 2
                    yield f"{path}.{e}.gate_proj.weight", p.grad[e, :half]
                    yield f"{path}.{e}.up_proj.weight", p.grad[e, half:]
        elif family.startswith("gpt-oss") and ".experts." in name:
            path, kind = name.rsplit(".", 1)
            of_bias, end = kind.endswith("_bias"), "bias" if kind.endswith("_bias") else "weight"
            for e in range(p.shape[0]):
                g = p.grad[e] if of_bias else p.grad[e].T  # (out, in)
                if kind.startswith("down_proj"):
                    yield f"{path}.{e}.down_proj.{end}", g
                else:  # gate and up take turns
                    yield f"{path}.{e}.gate_proj.{end}", g[0::2]
                    yield f"{path}.{e}.up_proj.{end}", g[1::2]
        else:
            yield name, p.grad


def in_fours(model):
    """Experts drawn in MXFP4, and the numbers that transformers widens them to in the model."""
    packed = {}
    for name, p in model.named_parameters():
        if not name.endswith(("gate_up_proj", "down_proj")): continue
        experts, ins, outs = p.shape
        blocks = torch.randint(0, 256, (experts, outs, ins // 32, 16), generator=RNG, dtype=torch.uint8)
        scales = torch.randint(123, 127, (experts, outs, ins // 32), generator=RNG, dtype=torch.uint8)
        packed[name + "_blocks"], packed[name + "_scales"] = blocks, scales
        p.data = convert_moe_packed_tensors(blocks, scales, dtype=torch.float32)
    return packed


def store_in_fours(folder, packed):
    file, settings = os.path.join(folder, "model.safetensors"), os.path.join(folder, "config.json")
    kept = {n: x for n, x in load_file(file).items() if n + "_blocks" not in packed}
    save_file({**kept, **packed}, file, metadata={"format": "pt"})
    config = json.load(open(settings))
    config["quantization_config"] = {"quant_method": "mxfp4", "modules_to_not_convert": ["model.layers.*.self_attn", "lm_head"]}
    json.dump(config, open(settings, "w"), indent=2)


def rounded(x):
    return json.loads(json.dumps(x.tolist()), parse_float=lambda s: float(f"{float(s):.9g}"))


for name, config in MODELS.items():
    if len(sys.argv) > 1 and name not in sys.argv[1:]: continue
    torch.manual_seed(7)
    model = t.AutoModelForCausalLM.from_config(config)
    randomise(model, name)
    packed = in_fours(model) if name.endswith("mxfp4") else {}
    folder = os.path.join(HERE, name)
    model.float().save_pretrained(folder)
    for unwanted in ("generation_config.json",):
        if os.path.exists(os.path.join(folder, unwanted)): os.remove(os.path.join(folder, unwanted))
    more = {"experts_implementation": "eager"} if hasattr(config, "num_experts_per_tok") else {}
    wide = t.AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager", **more).double().eval()
    if packed: store_in_fours(folder, packed)
    ids = torch.randint(3, 97, (2, 20), generator=RNG)
    labels = ids.clone()
    labels[0, :9] = -100
    out = wide(input_ids=ids, use_cache=False, output_attentions=True)
    shifted = out.logits[:, :-1].reshape(-1, 97).log_softmax(-1)
    token = shifted.gather(1, ids[:, 1:].reshape(-1, 1)).view(2, -1)
    kept = labels[:, 1:].reshape(-1) != -100
    loss = -(shifted.gather(1, ids[:, 1:].reshape(-1, 1)).view(-1)[kept]).mean()
    loss.backward()
    gradients = {}
    for pname, gradient in parts(name, wide.named_parameters()):
        flat = gradient.reshape(-1)
        at = torch.randint(0, flat.numel(), (5,), generator=RNG).tolist()
        gradients[pname] = {"norm": float(f"{gradient.norm().item():.9g}"), "entries": [[i, float(f"{flat[i].item():.9g}")] for i in at]}
    rows = []
    for length in (17, 22) if name == "phi4-mini" else (3, 7):  # longer than trained on from the start
        prompt = torch.randint(3, 97, (1, length), generator=RNG)
        text, margins = prompt, []
        for _ in range(24):
            scores = wide(input_ids=text, use_cache=False).logits[0, -1]
            top = scores.topk(2)
            margins.append(round((top.values[0] - top.values[1]).item(), 6))
            text = torch.cat([text, top.indices[:1].view(1, 1)], 1)
        rows.append({"prompt_ids": prompt[0].tolist(), "ids": text[0, length:].tolist(), "margins": margins})
    json.dump({"made_by": f"transformers {t.__version__}, float64", "input_ids": ids.tolist(), "labels_masked": labels.tolist(),
               "logits": rounded(out.logits), "token_logprobs": rounded(token), "loss_masked": loss.item(),
               "loss_masked_targets": int(kept.sum()), "gradients": {"tensors": gradients},
               **({"attention_given": [[rounded(head[-1].sum()) for head in layer[0]] for layer in out.attentions]} if "gpt-oss" in name else {}),
               "greedy": {"max_new_tokens": 24, "rows": rows}}, open(os.path.join(folder, "expected.json"), "w"))
    print(name, sum(p.numel() for p in wide.parameters()), "smallest margin", min(m for r in rows for m in r["margins"]))
