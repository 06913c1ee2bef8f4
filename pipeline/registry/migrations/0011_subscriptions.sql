-- Subscriptions: who is told what by which channel; the messages under way; the lights as they were told last.

create table subscriptions (
    id         integer primary key,
    owner      integer not null references accounts (id),
    channel    text not null check (channel in ('mail', 'wecom', 'dingtalk', 'feishu')),
    -- Whole while it lives: without it nothing can be sent. Its mask once it was stopped.
    address    text not null check (address <> ''),
    -- What a group's robot wants messages signed with.
    secret     text,
    topic      text not null check (topic in ('weekly_lights', 'light_turns', 'monthly_bulletin', 'quarterly_bulletin')),
    created_at text not null,
    stopped_at text,
    stopped_by text,
    check (stopped_at is null or secret is null)
) strict;

create unique index subscriptions_live on subscriptions (owner, channel, address, topic) where stopped_at is null;
create index subscriptions_of_topic on subscriptions (topic) where stopped_at is null;

create table outbox (
    id           integer primary key,
    subscription integer not null references subscriptions (id),
    -- Period or turn: the same news is sent once to a subscription.
    key          text not null check (key <> ''),
    -- Of whose rows it tells: sums, city, nothing, carriers:a,b
    rows         text not null,
    subject      text not null,
    body         text not null,
    -- Paths below the data folder, a JSON list.
    attachments  text not null check (json_valid(attachments)),
    state        text not null check (state in ('queued', 'sent', 'failed', 'given_up')),
    attempts     integer not null default 0 check (attempts >= 0),
    created_at   text not null,
    -- Not before; null when it is over.
    next_at      text,
    ended_at     text,
    error        text not null default '',
    unique (subscription, key),
    check ((state in ('queued', 'failed')) = (next_at is not null)),
    check ((state in ('sent', 'given_up')) = (ended_at is not null))
) strict;

create index outbox_due on outbox (next_at) where next_at is not null;

create table told_lights (
    year    integer not null,
    carrier text not null check (carrier <> ''),
    metric  text not null check (metric <> ''),
    light   text not null check (light in ('green', 'yellow', 'red')),
    told_at text not null,
    primary key (year, carrier, metric)
) strict, without rowid;
