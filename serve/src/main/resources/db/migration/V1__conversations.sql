-- Conversations, each a tree of messages. Times are milliseconds since 1970. What is "folded" is in small letters, for searches.

create table conversations (
    id text primary key,
    owner text not null,
    title text not null,
    folded_title text not null,
    pinned integer not null,
    created bigint not null,
    updated bigint not null,
    model text, -- null: the server's default
    system_prompt text not null,
    settings text not null, -- JSON
    current_message text,
    deleted bigint -- since when it is kept aside; null: it is not
);
create index conversations_by_owner on conversations (owner, pinned, updated, id);
create index conversations_by_deleted on conversations (deleted);

create table messages (
    id text primary key,
    conversation text not null references conversations (id) on delete cascade,
    number integer not null, -- in the order of coming
    parent text,
    role text not null,
    text text not null,
    folded text not null,
    created bigint not null,
    status text not null,
    finish_reason text,
    model text, -- this and what follows: of answers
    system_prompt text,
    settings text,
    prompt_tokens integer,
    completion_tokens integer,
    seconds double precision,
    first_token_seconds double precision,
    error text,
    forgotten_turns integer -- that the model's context had no room for
);
create index messages_by_conversation on messages (conversation, number);
create index messages_by_status on messages (status);

-- Tokens of answers with their probabilities, in rows of several.
create table answer_tokens (
    message text not null references messages (id) on delete cascade,
    first_token integer not null,
    tokens text not null, -- JSON
    primary key (message, first_token)
);

create table presets (
    id text primary key,
    owner text not null,
    name text not null,
    model text,
    system_prompt text not null,
    settings text not null,
    created bigint not null
);
create index presets_by_owner on presets (owner, created);

-- Ratings stand alone: they remain when the conversation is gone.
create table ratings (
    message text primary key,
    owner text not null,
    rating integer not null,
    rating_comment text not null,
    prompt text not null, -- JSON, the messages
    answer text not null,
    finish_reason text,
    model text,
    settings text not null,
    created bigint not null
);

create table comparisons (
    id text primary key,
    owner text not null,
    choice text not null,
    prompt text not null,
    left_message text not null,
    left_answer text not null,
    left_model text,
    left_settings text not null,
    right_message text not null,
    right_answer text not null,
    right_model text,
    right_settings text not null,
    created bigint not null
);
