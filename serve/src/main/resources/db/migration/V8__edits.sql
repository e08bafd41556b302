-- Answers that somebody rewrote, each with the answer that came. As ratings, they remain when the conversation is gone.

create table edits (
    message text primary key, -- what was written in the place of the answer
    owner text not null,
    prompt text not null, -- JSON, the messages
    original text not null, -- the message that came
    answer text not null, -- its text
    edited text not null,
    model text, -- that wrote the answer; null: none did
    created bigint not null,
    imported integer not null default 0
);
create index edits_by_original on edits (original);
create index edits_by_owner on edits (owner, created);
create index ratings_by_owner on ratings (owner, created);
create index comparisons_by_owner on comparisons (owner, created);
