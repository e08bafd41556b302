-- How much conversations and their owners hold, in characters; each row counts for 300 more.

alter table conversations add column characters bigint not null default 0; -- of its messages, which are read together
alter table conversations add column space bigint not null default 0; -- all that goes when it is forgotten

update conversations set characters = coalesce((select sum(length(m.text) + coalesce(length(m.system_prompt), 0) + coalesce(length(m.settings), 0))
    from messages m where m.conversation = conversations.id), 0);
update conversations set space = 300 + characters + length(system_prompt) + length(settings)
    + coalesce((select 300 * count(*) from messages m where m.conversation = conversations.id), 0)
    + coalesce((select sum(length(a.tokens)) from answer_tokens a join messages m on m.id = a.message where m.conversation = conversations.id), 0);

create table stored (
    owner text primary key,
    characters bigint not null
);
insert into stored (owner, characters) select owner, sum(characters) from (
    select owner, space as characters from conversations
    union all select owner, 300 + length(prompt) + length(answer) + length(rating_comment) from ratings
    union all select owner, 300 + length(prompt) + length(left_answer) + length(right_answer) from comparisons
    union all select owner, 300 + length(name) + length(system_prompt) + length(settings) from presets
) as rows_of_all group by owner;
