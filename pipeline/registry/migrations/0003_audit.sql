-- The audit log: added to, never changed, never shortened. Each record holds the hash of the one before;
-- settings.audit_head repeats the newest number and hash, so that a missing end is noticed.

create table audit_log (
    seq      integer primary key,
    at       text not null,
    -- Not a reference: writing the log must not hang on other tables.
    account  integer,
    actor    text not null,
    via      text not null,
    action   text not null,
    subject  text not null,
    detail   text not null check (json_valid(detail) and length(cast(detail as blob)) <= 8192),
    previous text not null check (length(previous) = 64),
    hash     text not null check (length(hash) = 64)
) strict;

create index audit_log_by_action on audit_log (action, seq);

create trigger audit_log_never_changes before update on audit_log
begin
    select raise(abort, 'the audit log is never changed');
end;

create trigger audit_log_never_shrinks before delete on audit_log
begin
    select raise(abort, 'the audit log is never shortened');
end;

-- "insert or replace" deletes without asking the trigger above; it cannot pass this one.
create trigger audit_log_only_grows before insert on audit_log
when new.seq <= (select coalesce(max(seq), 0) from audit_log)
begin
    select raise(abort, 'the audit log only grows at its end');
end;
