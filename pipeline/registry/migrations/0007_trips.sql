-- Trips of leaders and teams, and visits to firms.

create table trips (
    id            integer primary key,
    destination   text not null,
    from_day      text not null,
    until_day     text not null,
    -- Names and firms in order, JSON lists; filings beside the firms, null where a firm has none.
    leaders       text not null check (json_valid(leaders)),
    firms         text not null check (json_valid(firms)),
    filings       text not null check (json_valid(filings)),
    note          text not null default '',
    planned_by    text not null,
    planned_at    text not null,
    called_off_on text,
    version       integer not null default 1,
    check (from_day <= until_day)
) strict;

create index trips_by_day on trips (from_day);

create table visits (
    id        integer primary key,
    trip      integer references trips (id),
    filing    integer references filings (id),
    firm      text not null,
    on_day    text not null,
    result    text not null,
    next_step text not null default '',
    by        text not null,
    at        text not null
) strict;

create index visits_of_trip on visits (trip);
create index visits_of_filing on visits (filing);
