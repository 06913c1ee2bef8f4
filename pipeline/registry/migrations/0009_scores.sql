-- The assessment (考核): what people enter, how peers rate, and closed sheets. All three are only ever added to.

-- A later row takes the place of the one it supersedes; with a quantity of 0 it withdraws it.
create table score_entries (
    id         integer primary key,
    level      text not null check (level <> ''),
    year       integer not null,
    carrier    text not null check (carrier <> ''),
    item       text not null check (item <> ''),
    quantity   integer not null check (quantity >= 0),
    reason     text not null check (reason <> ''),
    on_day     text not null,
    supersedes integer unique references score_entries (id),
    by         text not null,
    account    integer,
    at         text not null,
    check (quantity > 0 or supersedes is not null),
    check (cast(substr(on_day, 1, 4) as integer) = year)
) strict;

create index score_entries_of on score_entries (level, year);

-- The last of one rater for one carrier, item and period stands. Quarter 0 is the whole year.
create table score_ratings (
    id      integer primary key,
    level   text not null check (level <> ''),
    year    integer not null,
    quarter integer not null check (quarter between 0 and 4),
    item    text not null check (item <> ''),
    rater   text not null check (rater <> ''),
    carrier text not null check (carrier <> ''),
    points  real not null check (points >= 0),
    reason  text not null check (reason <> ''),
    by      text not null,
    account integer,
    at      text not null
) strict;

create index score_ratings_of on score_ratings (level, year, quarter);

create table closed_sheets (
    id           integer primary key,
    level        text not null,
    year         integer not null,
    quarter      integer not null check (quarter between 0 and 4),
    rule_version text not null,
    generation   integer not null,
    record       text not null,
    closed_by    text not null,
    account      integer,
    closed_on    text not null,
    closed_at    text not null
) strict;

create unique index closed_sheets_once on closed_sheets (level, year, quarter);

create trigger score_entries_stay before update on score_entries begin select raise(abort, 'entries are superseded, not changed'); end;
create trigger score_entries_remain before delete on score_entries begin select raise(abort, 'entries are not removed'); end;
create trigger score_ratings_stay before update on score_ratings begin select raise(abort, 'ratings are superseded, not changed'); end;
create trigger score_ratings_remain before delete on score_ratings begin select raise(abort, 'ratings are not removed'); end;
create trigger closed_sheets_stay before update on closed_sheets begin select raise(abort, 'closed sheets are not changed'); end;
create trigger closed_sheets_remain before delete on closed_sheets begin select raise(abort, 'closed sheets are not removed'); end;
