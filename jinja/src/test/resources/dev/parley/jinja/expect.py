#!/usr/bin/env python3
"""Fills in what Python's jinja2 makes of each case: reads cases.txt, writes cases.jsonl beside it.

    python3 expect.py          (jinja2 3.1.6; the settings are those that transformers gives to chat templates)

cases.jsonl has a line with the variables, which hold for the lines after it, and a line for each template: what it gives
(expected), that it fails when it runs (error), or that it cannot be read (unreadable).

cases.txt has a template a line, with \\n and \\t written as in a string of Python; `@name = JSON` gives the templates
after it a variable, `#` begins a comment, and `%%%` at a line's start begins a template of several lines up to the next.
"""
import datetime, json, os, sys

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment


class Generation(Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.CallBlock(self.call_method("_said"), [], [], body).set_lineno(line)

    def _said(self, caller):
        return caller()


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


NOW = datetime.datetime(2024, 7, 6, 9, 5, 3)
ENV = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])
ENV.filters["tojson"] = tojson
ENV.globals["raise_exception"] = raise_exception
ENV.globals["strftime_now"] = lambda f: NOW.strftime(f)


def result(template, variables):
    try:
        compiled = ENV.from_string(template)
    except Exception as e:
        return {"unreadable": f"{type(e).__name__}: {e}"}
    try:
        return {"expected": compiled.render(**variables)}
    except Exception as e:
        return {"error": f"{type(e).__name__}: {e}"}


def cases(lines):
    variables, several = {}, None
    for line in lines:
        line = line.rstrip("\n")
        if line.startswith("%%%"):
            if several is not None:
                yield "\n".join(several) + "\n", dict(variables)
            several = None if several is not None else []
        elif several is not None:
            several.append(line)
        elif line.startswith("@"):
            name, value = line[1:].split("=", 1)
            variables[name.strip()] = json.loads(value)
        elif line and not line.startswith("#"):
            yield line.replace("\\\\", "\0").replace("\\n", "\n").replace("\\t", "\t").replace("\0", "\\"), dict(variables)


here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "cases.txt"), encoding="utf-8") as f, open(os.path.join(here, "cases.jsonl"), "w", encoding="utf-8") as out:
    before = None
    for template, variables in cases(f):
        if variables != before:
            out.write(json.dumps({"variables": variables}, ensure_ascii=False) + "\n")
        before = variables
        out.write(json.dumps({"template": template, **result(template, variables)}, ensure_ascii=False) + "\n")
