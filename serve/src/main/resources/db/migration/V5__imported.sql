-- Whether a message came with a document that somebody imported: then nobody here has seen it come. Ratings outlive messages.

alter table messages add column imported integer not null default 0;
alter table ratings add column imported integer not null default 0;
alter table comparisons add column imported integer not null default 0;
