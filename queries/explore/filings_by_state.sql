-- name: filings_by_state
-- title: 备案办理状态
-- definition: 登记簿中各载体单位项目备案所处的办理状态；草稿不在其中
-- columns: carrier text 载体单位, filings int 备案 件, in_review int 待审核 件, returned int 已退回 件, awaiting_notice int 待公示 件, noticed int 公示中 件, objected int 异议复核 件, recognised int 已认定 件, revoked int 不予认定 件
-- grain: one row per carrier
-- roles: leader, analyst, reviewer
-- scope: city
select carriers.carrier, count(*) as filings,
    count(*) filter (where filings.state in ('submitted', 'second_review')) as in_review,
    count(*) filter (where filings.state = 'returned') as returned,
    count(*) filter (where filings.state = 'approved') as awaiting_notice,
    count(*) filter (where filings.state = 'noticed') as noticed,
    count(*) filter (where filings.state = 'objected') as objected,
    count(*) filter (where filings.state = 'recognised') as recognised,
    count(*) filter (where filings.state = 'revoked') as revoked
from filings
join carriers on carriers.carrier_id = filings.carrier_id and carriers.valid_until is null
where filings.deleted_on is null
group by carriers.carrier, carriers.sort
order by carriers.sort
