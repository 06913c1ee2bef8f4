-- name: band_counts
-- title: 新签约大项目（按规模档）
-- definition: “以上”含本数，各档逐级包含，达到高档的也计入低档；按截至日所知、本市规模口径的金额
-- params: year int, as_of date
-- columns: band_id text 规模档编号, band text 规模档, done int 新签约 个, target int 年度目标 个, completion decimal 完成率 %,
--   last_year int 上年同期 个, growth decimal 同比增长 %, at_least_yuan int 下限（含） 元, agreed_yuan int 协议投资额 元,
--   in_targets bool 列入年度目标, pace decimal 序时进度 %, gap_points decimal 与序时差距 个百分点
-- grain: one row per nested scale band
-- roles: leader, analyst, reviewer, clerk, team
-- scope: city
-- uses: signed_projects, targets_known
with counted as (
    select bands.band_id,
        count(*) filter (where signed_projects.this_year) as done,
        count(*) filter (where signed_projects.same_time_last_year) as last_year,
        sum(signed_projects.agreed_yuan) filter (where signed_projects.this_year) as agreed_yuan
    from signed_projects
    join bands on in_band(signed_projects.band_yuan, bands.band_id)
    group by bands.band_id
),
band_targets as (
    select band_id, max(value) as target, max(curve) as curve
    from targets_known
    where scope = 'city' and metric = 'signed' and kind = 'count' and band_id <> ''
    group by band_id
),
figures as (
    select bands.band_id, bands.band, bands.sort, bands.at_least_yuan, band_targets.target,
        coalesce(counted.done, 0) as done, coalesce(counted.last_year, 0) as last_year, coalesce(counted.agreed_yuan, 0) as agreed_yuan,
        completion_rate(coalesce(counted.done, 0), band_targets.target) as completion,
        band_targets.band_id is not null as in_targets, pace($as_of, $year, band_targets.curve) as pace
    from bands
    left join counted on counted.band_id = bands.band_id
    left join band_targets on band_targets.band_id = bands.band_id
)
select band_id, band, done, target, completion, last_year, growth(done, last_year) as growth, at_least_yuan, agreed_yuan, in_targets,
    pace, gap_points(completion, pace) as gap_points
from figures
order by sort
