-- Servers that write answers here, and until when each has said that it does, by the clock of the database in milliseconds since 1970.

create table servers (
    id text primary key,
    expires bigint not null
);

alter table messages add column server text; -- that writes it, or did
