-- The analysts' desk: saved queries, the charts of personal boards, and who ran what.

create table saved_queries (
    id         integer primary key,
    owner      integer not null references accounts (id),
    title      text not null check (title <> ''),
    note       text not null,
    sql        text not null check (sql <> ''),
    -- newest, month_end, or a day
    as_of      text not null,
    -- A JSON list of {name, kind, value}.
    parameters text not null check (json_valid(parameters)),
    -- {kind, x, y, title}; null draws nothing.
    chart      text check (chart is null or json_valid(chart)),
    -- Roles with commas between; empty for nobody.
    audience   text not null,
    made_at    text not null,
    changed_at text not null,
    -- Of statement and parameters: the name in short links.
    hash       text not null check (length(hash) = 16),
    unique (owner, title)
) strict;

create index saved_queries_by_hash on saved_queries (hash);
create index saved_queries_shared on saved_queries (id) where audience <> '';

create table pinned_charts (
    account  integer not null references accounts (id),
    query    integer not null references saved_queries (id) on delete cascade,
    -- From the top of the board; 1 is the first.
    position integer not null check (position > 0),
    size     text not null check (size in ('half', 'full')),
    primary key (account, query)
) strict, without rowid;

create index pinned_charts_of_query on pinned_charts (query);

create table statement_history (
    id         integer primary key,
    account    integer not null references accounts (id),
    door       text not null check (door in ('page', 'rest', 'postgres', 'flight')),
    sql        text not null,
    parameters text not null check (json_valid(parameters)),
    -- The day that was asked for; null for the newest figures.
    as_of      text,
    asked_at   text not null,
    outcome    text not null check (outcome in ('done', 'failed', 'stopped', 'timed_out')),
    waited_ms  integer not null check (waited_ms >= 0),
    planned_ms integer not null check (planned_ms >= 0),
    ran_ms     integer not null check (ran_ms >= 0),
    rows       integer not null check (rows >= 0),
    bytes      integer not null check (bytes >= 0),
    -- 0 when none was read.
    generation integer not null check (generation >= 0),
    error      text not null
) strict;

create index statement_history_of on statement_history (account, id);
