-- name: chains_list
-- title: 产业链
-- definition: 截至日有效的产业链及所属集群
-- params: as_of date
-- columns: chain_id text 产业链编号, chain text 产业链, cluster_id text 产业集群编号, cluster text 产业集群, documented bool 有公开依据, sort int 顺序
-- grain: one row per chain
-- roles: leader, analyst, reviewer, clerk, team, public
-- scope: city
-- uses: chain_names
select chain_id, chain, cluster_id, cluster, documented, sort
from chain_names
where chain_id <> 'none' and (valid_until is null or valid_until > $as_of)
order by sort
