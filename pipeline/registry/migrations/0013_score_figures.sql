-- The assessment (考核): what entries rest on, figures that no table holds, and joint checks of investments. Only ever added to.

alter table score_entries add column evidence text not null default '';
-- The business day on which it was made; empty in older rows, where it is that of `at`.
alter table score_entries add column made_on text not null default '';
alter table score_ratings add column made_on text not null default '';

-- Figures and targets of units that the product cannot count. The last of one unit, input and period stands; without both
-- it is withdrawn. Quarter 0 is the whole year.
create table score_figures (
    id       integer primary key,
    level    text not null check (level <> ''),
    year     integer not null,
    quarter  integer not null check (quarter between 0 and 4),
    unit     text not null check (unit <> ''),
    input    text not null check (input <> ''),
    done     integer check (done >= 0),
    target   integer check (target >= 0),
    evidence text not null check (evidence <> ''),
    by       text not null,
    account  integer,
    made_on  text not null,
    at       text not null
) strict;

create index score_figures_of on score_figures (level, year, quarter);

-- A later row takes the place of the one it supersedes; withdrawn, it takes it away.
create table investment_checks (
    id              integer primary key,
    year            integer not null,
    carrier         text not null check (carrier <> ''),
    project_id      text not null check (project_id <> ''),
    project         text not null,
    on_day          text not null,
    parts           text not null,
    offices         text not null,
    confirmed_yuan  integer check (confirmed_yuan >= 0),
    claimed_yuan    integer not null check (claimed_yuan >= 0),
    recognised_yuan integer not null check (recognised_yuan between 0 and claimed_yuan),
    why             text not null,
    rule_version    text not null,
    evidence        text not null check (evidence <> ''),
    supersedes      integer unique references investment_checks (id),
    withdrawn       integer not null check (withdrawn in (0, 1)),
    by              text not null,
    account         integer,
    made_on         text not null,
    at              text not null,
    check (withdrawn = 0 or supersedes is not null),
    check (cast(substr(on_day, 1, 4) as integer) = year)
) strict;

create index investment_checks_of on investment_checks (year);

create trigger score_figures_stay before update on score_figures begin select raise(abort, 'figures are superseded, not changed'); end;
create trigger score_figures_remain before delete on score_figures begin select raise(abort, 'figures are not removed'); end;
create trigger investment_checks_stay before update on investment_checks begin select raise(abort, 'checks are superseded, not changed'); end;
create trigger investment_checks_remain before delete on investment_checks begin select raise(abort, 'checks are not removed'); end;
