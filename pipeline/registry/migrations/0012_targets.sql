-- Targets set or revised by the center (目标调整). Only ever added to: what was set stands until the next entry's day.

create table target_entries (
    id       integer primary key,
    year     integer not null check (year between 1990 and 2100),
    metric   text not null check (metric in ('signed', 'started', 'completed', 'fixed_assets')),
    -- Empty for all sizes.
    band     text not null,
    scope    text not null check (scope in ('city', 'carrier', 'chain', 'team')),
    scope_id text not null check (scope_id <> ''),
    kind     text not null check (kind in ('count', 'amount', 'growth')),
    -- Null is the "-" of a table: no target is set.
    value    integer check (value >= 0),
    issuer   text not null check (issuer <> ''),
    from_day text not null,
    -- Empty by twelfths, else twelve shares.
    curve    text not null,
    reason   text not null check (reason <> ''),
    by       text not null,
    account  integer,
    on_day   text not null,
    at       text not null,
    -- Nothing is set for days that are over, nor in a year that is over.
    check (from_day >= on_day and cast(substr(from_day, 1, 4) as integer) <= year)
) strict;

create index target_entries_of on target_entries (year, metric, band, scope, scope_id, kind, issuer);

create trigger target_entries_stay before update on target_entries begin select raise(abort, 'targets are revised, not changed'); end;
create trigger target_entries_remain before delete on target_entries begin select raise(abort, 'targets are not removed'); end;
