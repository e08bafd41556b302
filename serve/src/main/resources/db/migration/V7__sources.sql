-- What conversations answer from: files that are attached, folders of knowledge and tools that are chosen. The files themselves lie in
-- the server's folder for data.

create table identity (
    one integer primary key, -- always 1
    id text not null -- of this database, by which a server's folder names what belongs to it
);

create table attachments (
    id text primary key,
    conversation text not null references conversations (id) on delete cascade,
    name text not null,
    bytes bigint not null,
    status text not null, -- reading, ready, failed
    passages integer not null,
    note text, -- what is wrong with it, or missing of it
    created bigint not null
);
create index attachments_by_conversation on attachments (conversation, created);
create index attachments_by_status on attachments (status);

alter table conversations add column sources text; -- JSON; null: none

-- Tools that may be called in a conversation without asking again, each as server/tool.
create table allowed_tools (
    conversation text not null references conversations (id) on delete cascade,
    tool text not null,
    primary key (conversation, tool)
);
