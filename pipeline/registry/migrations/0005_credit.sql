-- Whose first report stands, and how the credit for a project is shared. Both are only ever added to.

create table arbitrations (
    id           integer primary key,
    filing       integer not null references filings (id),
    other_filing integer references filings (id),
    outside      text not null default '',
    parties      text not null check (json_valid(parties)),
    decision     text not null check (decision in ('first_here', 'first_elsewhere', 'separate', 'shared')),
    reason       text not null check (reason <> ''),
    decided_by   text not null,
    account      integer,
    decided_on   text not null,
    decided_at   text not null,
    check ((other_filing is null) = (outside <> '')),
    check (other_filing is null or other_filing <> filing)
) strict;

create index arbitrations_of on arbitrations (filing);
create index arbitrations_other on arbitrations (other_filing);

-- The end of an agreement that a later one closed is not written back: it follows from the later one.
create table allocations (
    id        integer primary key,
    filing    integer not null references filings (id),
    from_day  text not null,
    until_day text,
    shares    text not null check (json_valid(shares)),
    reason    text not null check (reason <> ''),
    by        text not null,
    account   integer,
    on_day    text not null,
    at        text not null,
    check (until_day is null or until_day > from_day)
) strict;

create unique index allocations_of on allocations (filing, from_day);

create trigger arbitrations_stay before update on arbitrations begin select raise(abort, 'arbitrations are not changed'); end;
create trigger arbitrations_remain before delete on arbitrations begin select raise(abort, 'arbitrations are not removed'); end;
create trigger allocations_stay before update on allocations begin select raise(abort, 'allocations are not changed'); end;
create trigger allocations_remain before delete on allocations begin select raise(abort, 'allocations are not removed'); end;
