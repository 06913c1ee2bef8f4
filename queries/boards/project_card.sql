-- name: project_card
-- title: 项目档案
-- definition: 该项目截至日所知的版本；到位资金与固定资产投资为截至日有效认定数的累计
-- params: project_id text, as_of date
-- columns: project_id text 项目编号, version int 版本, project text 项目名称, content text 建设内容, address text 建设地址,
--   carrier_id text 载体单位编号, carrier text 载体单位, unit_id text 考核单位编号, unit text 考核单位, industry_code text 国民经济行业代码,
--   investor text 投资方, investor_address text 投资方注册地址, credit_code text 统一社会信用代码, chain_id text 产业链编号, chain text 产业链,
--   cluster text 产业集群, segment_id text 环节编号, segment text 环节, chain_rule text 产业链判定规则, chain_evidence text 产业链判定依据,
--   chain_confidence int 产业链判定把握 %, chain_overridden bool 产业链人工指定, region_kind text 来源类别编号, region_kind_name text 来源类别,
--   country text 来源国家或地区, province_code text 来源省份代码, province text 来源省份, city_code text 来源城市代码, city text 来源城市,
--   region_rule text 来源判定规则, region_evidence text 来源判定依据, region_confidence int 来源判定把握 %, region_conflict text 来源证据冲突,
--   region_overridden bool 来源人工指定, agreed_yuan int 协议投资额 元, planned_fixed_yuan int 计划固定资产投资 元, paid_in_yuan int 累计到位资金 元,
--   fixed_yuan int 累计认定固定资产投资 元, currency text 原币种, band_id text 规模档编号, band text 规模档, stage text 阶段编号, stage_name text 阶段,
--   status text 状态编号, status_name text 状态, confidential bool 涉密, inexact text 不精确项, known_from date 知悉起, known_until date 知悉止, source text 来源
-- grain: one row, or none when the project was not known
-- roles: leader, analyst, reviewer, clerk, team
-- scope: rows
-- uses: projects_known, investments_known, carrier_names, chain_names, region_kinds_named
with amounts as (
    select project_id, sum(amount_yuan) filter (where kind = 'paid_in') as paid_in_yuan, sum(amount_yuan) filter (where kind = 'fixed_assets') as fixed_yuan
    from investments_known
    where project_id = $project_id
    group by project_id
)
select projects_known.project_id, version, name as project, content, address,
    projects_known.carrier_id, own.carrier, own.unit_id, units.carrier as unit, industry_code,
    investor, investor_address, credit_code, projects_known.chain_key as chain_id, chain_names.chain,
    chain_names.cluster, projects_known.segment_key as segment_id, segments.segment, chain_rule, chain_evidence,
    chain_confidence, chain_overridden, region_kind, region_kinds_named.kind_name as region_kind_name,
    country, province_code, province, city_code, city,
    region_rule, region_evidence, region_confidence, region_conflict,
    region_overridden, agreed_yuan, planned_fixed_yuan, amounts.paid_in_yuan,
    amounts.fixed_yuan, currency, band_of(band_yuan) as band_id, bands.band, stage, stage_name(stage) as stage_name,
    status, status_name(status) as status_name, confidential, inexact, known_from, known_until, source
from projects_known
left join carrier_names as own on own.carrier_id = projects_known.carrier_id
left join carrier_names as units on units.carrier_id = own.unit_id
left join chain_names on chain_names.chain_id = projects_known.chain_key
left join segments on segments.segment_id = projects_known.segment_key
left join region_kinds_named on region_kinds_named.kind = projects_known.region_kind
left join bands on bands.band_id = band_of(band_yuan)
left join amounts on amounts.project_id = projects_known.project_id
where projects_known.project_id = $project_id
