"""Runs lm-evaluation-harness (0.4.13) over the task files, to record its requests and to make figures of responses to them.

  python reference.py record requests.json          (chat-turns requests-chat-turns.json, chat-one requests-chat-one.json)
  python reference.py figures responses.json expected.json

in the folder of the task files; the responses are written by HarnessTest with -Dharness.record=FOLDER. FAST=1 takes quicker f1 and mcc in
the bootstrap, which are the same; expected-gpt2.json was made without it.
"""
import json
import os
import sys
from lm_eval.api.model import LM
from lm_eval import simple_evaluate
from lm_eval.tasks import TaskManager

if os.environ.get("FAST"):  # sklearn's checks of its input take minutes over 100,000 resamples; these are the same counts
    import math
    import sklearn.metrics as _m
    def _f1(golds, preds):
        tp = sum(1 for g, p in zip(golds, preds) if g == 1 and p == 1); either = sum(golds) + sum(preds)
        return 2 * tp / either if either else 0.0
    def _mcc(golds, preds):
        n = len(golds); labels = set(golds) | set(preds); c = sum(1 for g, p in zip(golds, preds) if g == p)
        t = [sum(1 for g in golds if g == l) for l in labels]; q = [sum(1 for p in preds if p == l) for l in labels]
        a = n * n - sum(x * x for x in t); b = n * n - sum(x * x for x in q)
        return (c * n - sum(x * y for x, y in zip(t, q))) / math.sqrt(a * b) if a * b else 0.0
    _m.f1_score, _m.matthews_corrcoef = _f1, _mcc

TASKS = ["tiny_arc","tiny_stories","tiny_goals","tiny_yesno","tiny_same","tiny_blanks","tiny_last_words","tiny_pages","tiny_chapters","tiny_sums","tiny_facts","tiny_moods","tiny_exam","tiny_pairs","tiny_several","tiny_information","tiny_animals","tiny_begun","tiny_usual"]

class Replay(LM):
    def __init__(self, responses): super().__init__(); self.responses, self.requests = responses, []
    def answer(self, kind, requests, otherwise):
        out = []
        for r in requests:
            args = [a for a in r.args]
            key = json.dumps([kind] + [a if isinstance(a, str) else sorted(a.items()) for a in args])
            self.requests.append(dict(task=r.task_name, doc=r.doc_id, kind=kind, args=args))
            out.append(self.responses[key] if self.responses is not None else otherwise)
        return out
    @property
    def tokenizer_name(self): return "test"
    def chat_template(self, chat_template=False): return "test"
    def apply_chat_template(self, history, add_generation_prompt=True):
        return "".join("<%s>%s" % (m["role"], m["content"]) for m in history) + ("<assistant>" if add_generation_prompt else "")
    def loglikelihood(self, requests): return [tuple(x) for x in self.answer("loglikelihood", requests, [-1.0, False])]
    def loglikelihood_rolling(self, requests): return self.answer("loglikelihood_rolling", requests, -1.0)
    def generate_until(self, requests): return self.answer("generate_until", requests, "x")

def main():
    mode = sys.argv[1]
    responses = None
    if mode == "figures":
        responses = {}
        for line in json.load(open(sys.argv[2])):
            args = [line["kind"]] + [a if isinstance(a, str) else sorted(a.items()) for a in line["args"]]
            responses[json.dumps(args)] = line["response"]
    lm = Replay(responses)
    manager = TaskManager(include_path=os.getcwd(), include_defaults=False)
    chat = {}
    if mode.startswith("chat"):  # chat-turns, chat-one
        chat = dict(apply_chat_template=True, fewshot_as_multiturn=mode == "chat-turns", system_instruction="be brief.")
    result = simple_evaluate(model=lm, tasks=TASKS, task_manager=manager, bootstrap_iters=100000 if mode == "figures" else 0, **chat)
    if mode != "figures":
        json.dump(lm.requests, open(sys.argv[2], "w"), indent=0)
    else:
        json.dump(result["results"], open(sys.argv[3], "w"), indent=1)

if __name__ == "__main__": main()
