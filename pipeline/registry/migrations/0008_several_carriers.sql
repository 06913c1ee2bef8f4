-- A clerk may file for several carriers: one row for each. Every other role stands once and names none.

create table account_roles_next (
    account    integer not null references accounts (id),
    role       text not null check (role in ('leader', 'analyst', 'clerk', 'reviewer', 'team', 'system', 'security', 'audit')),
    carrier_id text check (role <> 'clerk' or carrier_id is not null),
    granted_at text not null,
    granted_by text not null
) strict;

insert into account_roles_next (account, role, carrier_id, granted_at, granted_by)
select account, role, carrier_id, granted_at, granted_by from account_roles;
drop table account_roles;
alter table account_roles_next rename to account_roles;

create unique index account_roles_once on account_roles (account, role, coalesce(carrier_id, ''));
-- 三员分立: no account holds two of the three, whatever the program thinks.
create unique index one_administrator on account_roles (account) where role in ('system', 'security', 'audit');
