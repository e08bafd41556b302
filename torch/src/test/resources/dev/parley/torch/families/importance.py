"""Makes importance.json of some folders beside this file: the mean squares of what each matrix of the layers is multiplied by, as
transformers computes it in float64, by column. The text is the folder's input_ids twice, in pieces of 64 tokens that begin with token 1.

    pip install torch transformers safetensors && python importance.py"""
import json, os, torch, transformers as t

HERE = os.path.dirname(os.path.abspath(__file__))
plain = torch.nn.functional.linear

for name in ("gemma3", "gpt-neox", "olmo2", "qwen3-moe"):
    folder = os.path.join(HERE, name)
    more = {"experts_implementation": "eager"} if "moe" in name else {}
    model = t.AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager", **more).double().eval()
    names, sums = {}, {}
    for path, p in model.named_parameters():
        if p.dim() == 3:  # experts, each a part of one tensor
            for e in range(p.shape[0]):
                kind = path.rsplit(".", 1)[1]
                ends = ("gate_proj", "up_proj") if kind == "gate_up_proj" else (kind,)
                names[p[e].data_ptr()] = [f"{path.rsplit('.', 1)[0]}.{e}.{end}.weight" for end in ends]
        elif p.dim() == 2 and "layers." in path:
            names[p.data_ptr()] = [path]

    def counted(x, weight, bias=None):
        for path in names.get(weight.data_ptr(), []):
            flat = x.reshape(-1, x.shape[-1])
            total, count = sums.get(path, (0, 0))
            sums[path] = (total + (flat ** 2).sum(0), count + flat.shape[0])
        return plain(x, weight, bias)

    torch.nn.functional.linear = counted
    ids = json.load(open(os.path.join(folder, "expected.json")))["input_ids"]
    text = 2 * [i for row in ids for i in row]
    with torch.no_grad():
        for at in range(0, len(text), 63):
            model(input_ids=torch.tensor([[1] + text[at:at + 63]]), use_cache=False)
    torch.nn.functional.linear = plain
    means = {path: [float(f"{v:.9g}") for v in (total / count).tolist()] for path, (total, count) in sorted(sums.items())}
    with open(os.path.join(folder, "importance.json"), "w") as file: json.dump({"made_by": f"transformers {t.__version__}, float64", "text": text, "means": means}, file)
    print(name, len(means))
