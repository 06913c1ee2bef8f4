-- The scheduler's books, the import ledger, people's overrides and the folder's settings.
-- All times are RFC 3339 text in UTC with milliseconds, so that they sort as text; days are ISO dates.

create table job_slot (
    job         text not null,
    slot        text not null,
    origin      text not null check (origin in ('schedule', 'manual', 'follow_up')),
    asked_by    text,
    state       text not null check (state in ('waiting', 'running', 'closed')),
    attempt     integer not null,
    holder      text,
    lease_until text,
    not_before  text,
    outcome     text check (outcome in ('done', 'failed', 'skipped_by_policy', 'superseded')),
    message     text not null default '',
    progress    text,
    started     text,
    finished    text,
    primary key (job, slot),
    check ((state = 'closed') = (outcome is not null)),
    check ((state = 'running') = (lease_until is not null))
) strict, without rowid;

-- No job runs twice at once, whatever the processes do.
create unique index job_slot_one_running on job_slot (job) where state = 'running';
create index job_slot_open on job_slot (job) where state <> 'closed';
create index job_slot_by_time on job_slot (slot);

create table runs (
    id       integer primary key,
    job      text not null,
    slot     text not null,
    attempt  integer not null,
    origin   text not null,
    holder   text not null,
    pid      integer,
    started  text not null,
    finished text,
    outcome  text check (outcome in ('done', 'failed', 'retried')),
    cause    text,
    message  text not null default '',
    progress text,
    result   text,
    unique (job, slot, attempt)
) strict;

create index runs_by_job on runs (job, started);
create index runs_by_time on runs (started);

create table imports (
    blake3        text primary key check (length(blake3) = 64),
    file_name     text not null,
    received_at   text not null,
    read_at       text not null,
    bytes         integer not null,
    outcome       text not null check (outcome in ('accepted', 'refused')),
    refusal       text,
    hint          text,
    rows          integer not null,
    complaints    integer not null,
    report        text not null
) strict, without rowid;

create index imports_by_time on imports (received_at);

create table import_sightings (
    id        integer primary key,
    blake3    text not null references imports (blake3),
    file_name text not null,
    seen_at   text not null
) strict;

create index import_sightings_of on import_sightings (blake3);

create table overrides (
    id          integer primary key,
    project_id  text not null,
    field       text not null check (field in ('chain', 'region')),
    value       text not null,
    reason      text not null,
    decided_by  text not null,
    decided_on  text not null,
    recorded_at text not null,
    revoked_at  text,
    revoked_by  text
) strict;

create unique index overrides_one_in_force on overrides (project_id, field) where revoked_at is null;
create index overrides_by_project on overrides (project_id);

create table settings (
    name       text primary key,
    value      text not null,
    changed_at text not null
) strict, without rowid;
