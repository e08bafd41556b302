"""Runs lm-evaluation-harness (0.4.13) over the task files, to record its requests and to make figures of responses to them.

  python reference.py record requests.json
  python reference.py figures responses.json expected.json
"""
import json
import os
import sys
from lm_eval.api.model import LM
from lm_eval import simple_evaluate
from lm_eval.tasks import TaskManager

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
    result = simple_evaluate(model=lm, tasks=TASKS, task_manager=manager, bootstrap_iters=100000 if mode == "figures" else 0)
    if mode == "record":
        json.dump(lm.requests, open(sys.argv[2], "w"), indent=0)
    else:
        json.dump(result["results"], open(sys.argv[3], "w"), indent=1)

if __name__ == "__main__": main()
