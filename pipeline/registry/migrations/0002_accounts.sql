-- Accounts, their roles, sessions and API tokens. Passwords, session keys and tokens stand here as hashes only.

create table accounts (
    id              integer primary key,
    -- As typed at the login, compared without regard to case.
    name            text not null unique collate nocase,
    person          text not null,
    password        text,
    password_set_at text,
    must_change     integer not null default 1 check (must_change in (0, 1)),
    failures        integer not null default 0,
    last_failure    text,
    created_at      text not null,
    created_by      text not null,
    disabled_at     text
) strict;

create table account_roles (
    account    integer not null references accounts (id),
    role       text not null check (role in ('leader', 'analyst', 'clerk', 'reviewer', 'team', 'system', 'security', 'audit')),
    -- The carrier that a clerk files for; its whole subtree counts.
    carrier_id text check (role <> 'clerk' or carrier_id is not null),
    granted_at text not null,
    granted_by text not null,
    primary key (account, role)
) strict, without rowid;

-- 三员分立: no account holds two of the three, whatever the program thinks.
create unique index one_administrator on account_roles (account) where role in ('system', 'security', 'audit');

create table sessions (
    key       text primary key check (length(key) = 64),
    account   integer not null references accounts (id),
    opened_at text not null,
    seen_at   text not null
) strict, without rowid;

create index sessions_by_account on sessions (account);

create table api_tokens (
    id         integer primary key,
    account    integer not null references accounts (id),
    title      text not null,
    key        text not null unique check (length(key) = 64),
    created_at text not null,
    expires_at text not null,
    used_at    text,
    revoked_at text
) strict;

create index api_tokens_by_account on api_tokens (account);
