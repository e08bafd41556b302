-- What an assistant did for an answer: passages, decisions of guardrails, calls of tools.

alter table messages add column turn text; -- JSON
