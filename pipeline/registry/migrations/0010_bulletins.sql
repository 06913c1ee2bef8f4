-- Bulletins (通报) that were made. Files lie with the attachments, by their BLAKE3; a bulletin is never changed: one that
-- says something else gets the next edition.
create table bulletins (
    id           integer primary key,
    template     text not null check (template <> ''),
    name         text not null check (name <> ''),
    title        text not null check (title <> ''),
    year         integer not null,
    until_day    text not null,
    edition      integer not null check (edition > 0),
    generation   integer not null,
    rule_version text not null,
    words        text not null,
    made_by      text not null,
    account      integer,
    made_on      text not null,
    made_at      text not null,
    unique (template, until_day, edition),
    check (cast(substr(until_day, 1, 4) as integer) = year)
) strict;

create index bulletins_newest on bulletins (until_day desc, id desc);

create table bulletin_files (
    bulletin integer not null references bulletins (id),
    kind     text not null check (kind in ('docx', 'pdf', 'xlsx')),
    blake3   text not null check (length(blake3) = 64),
    bytes    integer not null check (bytes > 0),
    primary key (bulletin, kind)
) strict;

create trigger bulletins_stay before update on bulletins begin select raise(abort, 'bulletins are not changed'); end;
create trigger bulletins_remain before delete on bulletins begin select raise(abort, 'bulletins are not removed'); end;
create trigger bulletin_files_stay before update on bulletin_files begin select raise(abort, 'files of bulletins are not changed'); end;
create trigger bulletin_files_remain before delete on bulletin_files begin select raise(abort, 'files of bulletins are not removed'); end;
