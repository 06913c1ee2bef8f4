-- Filings, the claims on them, their thread and changes, attachments, notices and objections.
-- Facts and typed texts are JSON objects of field id to text; days are ISO, times RFC 3339 in UTC.

create table filings (
    id                 integer primary key,
    number             text not null unique,
    carrier_id         text not null,
    stage              integer not null,
    status             text not null default 'ongoing' check (status in ('ongoing', 'delayed', 'dormant', 'lost', 'abandoned')),
    name               text not null,
    investor           text not null,
    confidential       integer not null default 0 check (confidential in (0, 1)),
    facts              text not null default '{}' check (json_valid(facts)),
    opened_by          integer not null,
    opened_at          text not null,
    opened_on          text not null,
    first_submitted_at text,
    deleted_on         text
) strict;

create index filings_by_carrier on filings (carrier_id);

create table claims (
    id                 integer primary key,
    filing             integer not null references filings (id),
    matter             text not null,
    stage              integer not null,
    typed              text not null check (json_valid(typed)),
    facts              text not null default '{}' check (json_valid(facts)),
    state              text not null check (state in ('draft', 'submitted', 'second_review', 'returned', 'approved', 'noticed',
                                                      'objected', 'recognised', 'revoked', 'withdrawn')),
    approvers          text not null default '[]' check (json_valid(approvers)),
    noticed_on         text,
    notice             text,
    recognised_on      text,
    open_objections    integer not null default 0 check (open_objections >= 0),
    counted_from       text,
    revoked_on         text,
    opened_by          integer not null,
    first_submitted_at text,
    submitted_at       text,
    submitted_on       text,
    decided_on         text,
    holder             text,
    held_since         text,
    version            integer not null default 1,
    changed_at         text not null,
    check ((state = 'objected') = (open_objections > 0)),
    check ((state = 'recognised') = (recognised_on is not null)),
    check (state <> 'recognised' or json_array_length(approvers) > 0)
) strict;

create index claims_by_filing on claims (filing);
create index claims_by_state on claims (state, first_submitted_at);
-- One claim of a matter at a time, and a recognised milestone is not claimed again.
create unique index claims_one_under_way on claims (filing, matter)
    where state in ('draft', 'submitted', 'second_review', 'returned', 'approved', 'noticed', 'objected');
create unique index claims_one_recognised on claims (filing, matter)
    where state = 'recognised' and (matter = 'project' or matter like 'milestone:%');

create table claim_events (
    id      integer primary key,
    claim   integer not null references claims (id),
    action  text not null,
    state   text not null,
    by      text not null,
    account integer,
    at      text not null,
    on_day  text not null,
    remarks text not null default '{}' check (json_valid(remarks)),
    contact text not null default ''
) strict;

create index claim_events_of on claim_events (claim);
create index claim_events_by_day on claim_events (on_day);

create table changes (
    id     integer primary key,
    filing integer not null references filings (id),
    claim  integer references claims (id),
    field  text not null,
    before text not null,
    after  text not null,
    by     text not null,
    at     text not null,
    on_day text not null
) strict;

create index changes_of on changes (filing);

create table attachments (
    id         integer primary key,
    filing     integer not null references filings (id),
    claim      integer not null references claims (id),
    file_name  text not null,
    kind       text not null check (kind in ('pdf', 'docx', 'xlsx', 'jpg', 'png')),
    bytes      integer not null,
    blake3     text not null check (length(blake3) = 64),
    by         text not null,
    at         text not null,
    removed_at text,
    removed_by text
) strict;

create index attachments_of on attachments (filing);

create table once_keys (
    account integer not null,
    key     text not null,
    body    text not null,
    filing  integer not null references filings (id),
    claim   integer not null references claims (id),
    at      text not null,
    primary key (account, key)
) strict, without rowid;

create table notices (
    id               text primary key,
    from_day         text not null,
    until_day        text not null,
    slot             text not null,
    published_on     text not null,
    published_at     text not null,
    objections_until text not null,
    late             integer not null check (late in (0, 1))
) strict, without rowid;

create table notice_items (
    notice     text not null references notices (id),
    position   integer not null,
    claim      integer not null references claims (id),
    carrier_id text not null,
    face       text not null check (json_valid(face)),
    primary key (notice, position)
) strict, without rowid;

create index notice_items_of on notice_items (claim);

create table objections (
    id             integer primary key,
    notice         text not null references notices (id),
    claim          integer not null references claims (id),
    reason         text not null,
    objector       text not null,
    contact_masked text not null,
    at             text not null,
    on_day         text not null,
    state          text not null default 'open' check (state in ('open', 'dismissed', 'upheld')),
    judged_by      text,
    judged_on      text,
    judgement      text not null default '',
    check ((state = 'open') = (judged_by is null))
) strict;

create index objections_of on objections (claim);
