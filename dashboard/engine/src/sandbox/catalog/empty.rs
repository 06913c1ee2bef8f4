//! Catalog tables that never hold a row here (空目录表): no indexes, constraints, triggers, defaults. Joined from the left they
//! still need columns.

use qunlian_domain::contract::ColumnType;

use qunlian_queries::system::SystemColumn;

/// Names with their columns; a `#` marks a number, a `?` a yes or no, nothing a text.
pub(super) const PG: &[(&str, &str)] = &[
    ("pg_attrdef", "#oid #adrelid #adnum adbin"),
    (
        "pg_constraint",
        "#oid conname #connamespace contype ?condeferrable ?condeferred ?convalidated #conrelid #contypid #conindid #conparentid #confrelid confupdtype confdeltype confmatchtype ?conislocal #coninhcount ?connoinherit conkey confkey conbin",
    ),
    (
        "pg_index",
        "#indexrelid #indrelid #indnatts #indnkeyatts ?indisunique ?indnullsnotdistinct ?indisprimary ?indisexclusion ?indimmediate ?indisclustered ?indisvalid ?indcheckxmin ?indisready ?indislive ?indisreplident indkey indcollation indclass indoption indexprs indpred",
    ),
    ("pg_inherits", "#inhrelid #inhparent #inhseqno ?inhdetachpending"),
    (
        "pg_trigger",
        "#oid #tgrelid #tgparentid tgname #tgfoid #tgtype tgenabled ?tgisinternal #tgconstrrelid #tgconstrindid #tgconstraint ?tgdeferrable ?tginitdeferred tgattr tgqual",
    ),
    ("pg_policy", "#oid polname #polrelid polcmd ?polpermissive polroles polqual polwithcheck"),
    ("pg_rewrite", "#oid rulename #ev_class ev_type ev_enabled ?is_instead ev_qual ev_action"),
    ("pg_statistic_ext", "#oid #stxrelid stxname #stxnamespace #stxowner #stxstattarget stxkeys stxkind stxexprs"),
    ("pg_publication", "#oid pubname #pubowner ?puballtables ?pubinsert ?pubupdate ?pubdelete ?pubtruncate ?pubviaroot"),
    ("pg_publication_rel", "#oid #prpubid #prrelid prqual prattrs"),
    ("pg_publication_namespace", "#oid #pnpubid #pnnspid"),
    ("pg_subscription", "#oid subname #subdbid #subowner ?subenabled"),
    ("pg_foreign_table", "#ftrelid #ftserver ftoptions"),
    ("pg_foreign_server", "#oid srvname #srvowner #srvfdw srvtype srvversion srvacl srvoptions"),
    ("pg_foreign_data_wrapper", "#oid fdwname #fdwowner #fdwhandler fdwoptions"),
    ("pg_user_mapping", "#oid #umuser #umserver umoptions"),
    (
        "pg_collation",
        "#oid collname #collnamespace #collowner collprovider ?collisdeterministic #collencoding collcollate collctype colliculocale collversion",
    ),
    ("pg_enum", "#oid #enumtypid #enumsortorder enumlabel"),
    ("pg_range", "#rngtypid #rngsubtype #rngmultitypid #rngcollation #rngsubopc"),
    ("pg_extension", "#oid extname #extowner #extnamespace ?extrelocatable extversion extconfig extcondition"),
    ("pg_available_extensions", "name default_version installed_version comment"),
    ("pg_sequence", "#seqrelid #seqtypid #seqstart #seqincrement #seqmax #seqmin #seqcache ?seqcycle"),
    (
        "pg_sequences",
        "schemaname sequencename sequenceowner data_type #start_value #min_value #max_value #increment_by ?cycle #cache_size #last_value",
    ),
    ("pg_depend", "#classid #objid #objsubid #refclassid #refobjid #refobjsubid deptype"),
    ("pg_shdescription", "#objoid #classoid description"),
    ("pg_seclabel", "#objoid #classoid #objsubid provider label"),
    ("pg_event_trigger", "#oid evtname evtevent #evtowner #evtfoid evtenabled evttags"),
    ("pg_partitioned_table", "#partrelid partstrat #partnatts #partdefid partattrs partclass partcollation partexprs"),
    (
        "pg_proc",
        "#oid proname #pronamespace #proowner #prolang #procost #prorows #provariadic prokind ?prosecdef ?proleakproof ?proisstrict ?proretset provolatile proparallel #pronargs #pronargdefaults #prorettype proargtypes proallargtypes proargmodes proargnames prosrc probin proconfig proacl",
    ),
    ("pg_aggregate", "#aggfnoid aggkind #aggnumdirectargs #aggtransfn #aggfinalfn #aggtranstype"),
    ("pg_operator", "#oid oprname #oprnamespace #oprowner oprkind ?oprcanmerge ?oprcanhash #oprleft #oprright #oprresult"),
    ("pg_opclass", "#oid #opcmethod opcname #opcnamespace #opcowner #opcfamily #opcintype ?opcdefault #opckeytype"),
    ("pg_opfamily", "#oid #opfmethod opfname #opfnamespace #opfowner"),
    ("pg_ts_config", "#oid cfgname #cfgnamespace #cfgowner #cfgparser"),
    ("pg_cast", "#oid #castsource #casttarget #castfunc castcontext castmethod"),
    ("pg_conversion", "#oid conname #connamespace #conowner #conforencoding #contoencoding"),
    ("pg_default_acl", "#oid #defaclrole #defaclnamespace defaclobjtype defaclacl"),
    ("pg_auth_members", "#roleid #member #grantor ?admin_option"),
    ("pg_db_role_setting", "#setdatabase #setrole setconfig"),
    ("pg_views", "schemaname viewname viewowner definition"),
    ("pg_matviews", "schemaname matviewname matviewowner tablespace ?hasindexes ?ispopulated definition"),
    ("pg_indexes", "schemaname tablename indexname tablespace indexdef"),
    ("pg_stat_user_tables", "#relid schemaname relname #seq_scan #n_live_tup #n_dead_tup"),
    ("pg_stat_activity", "#datid datname #pid #usesysid usename application_name state query"),
    ("pg_locks", "locktype #database #relation #pid mode ?granted #transactionid #virtualtransaction"),
    ("pg_stat_ssl", "#pid ?ssl version cipher #bits client_dn"),
    ("pg_stat_database", "#datid datname #numbackends #xact_commit #xact_rollback #blks_read #blks_hit"),
    ("pg_stat_all_tables", "#relid schemaname relname #seq_scan #n_live_tup #n_dead_tup"),
    ("pg_timezone_abbrevs", "abbrev utc_offset ?is_dst"),
    ("pg_prepared_xacts", "gid prepared owner database"),
    ("pg_timezone_names", "name abbrev utc_offset ?is_dst"),
];

/// The same of `information_schema`.
pub(super) const INFORMATION: &[(&str, &str)] = &[
    ("views", "table_catalog table_schema table_name view_definition check_option is_updatable is_insertable_into"),
    (
        "table_constraints",
        "constraint_catalog constraint_schema constraint_name table_catalog table_schema table_name constraint_type is_deferrable initially_deferred enforced",
    ),
    (
        "key_column_usage",
        "constraint_catalog constraint_schema constraint_name table_catalog table_schema table_name column_name #ordinal_position #position_in_unique_constraint",
    ),
    ("constraint_column_usage", "table_catalog table_schema table_name column_name constraint_catalog constraint_schema constraint_name"),
    (
        "referential_constraints",
        "constraint_catalog constraint_schema constraint_name unique_constraint_catalog unique_constraint_schema unique_constraint_name match_option update_rule delete_rule",
    ),
    ("check_constraints", "constraint_catalog constraint_schema constraint_name check_clause"),
    ("domains", "domain_catalog domain_schema domain_name data_type"),
    ("parameters", "specific_catalog specific_schema specific_name #ordinal_position parameter_mode parameter_name data_type"),
    ("column_privileges", "grantor grantee table_catalog table_schema table_name column_name privilege_type is_grantable"),
    ("character_sets", "character_set_catalog character_set_schema character_set_name character_repertoire form_of_use"),
    ("routines", "specific_catalog specific_schema specific_name routine_catalog routine_schema routine_name routine_type data_type"),
    ("sequences", "sequence_catalog sequence_schema sequence_name data_type"),
    ("triggers", "trigger_catalog trigger_schema trigger_name event_object_table"),
    ("table_privileges", "grantor grantee table_catalog table_schema table_name privilege_type is_grantable"),
    ("role_table_grants", "grantor grantee table_catalog table_schema table_name privilege_type is_grantable"),
];

/// The columns of such a table; `None` for others.
pub(super) fn columns(schema: &str, name: &str) -> Option<&'static str> {
    let list = if schema == super::PG { PG } else { INFORMATION };
    list.iter().find(|(known, _)| *known == name).map(|(_, columns)| *columns)
}

/// The type of a column of any such table.
pub(super) fn kind(column: &str) -> Option<ColumnType> {
    let all = PG.iter().chain(INFORMATION).flat_map(|(_, columns)| specs(columns));
    all.into_iter().find(|(name, ..)| *name == column).map(|(_, kind, ..)| kind)
}

/// The columns with their types.
pub(super) fn specs(columns: &'static str) -> Vec<SystemColumn> {
    let spec = |word: &'static str| match (word.strip_prefix('#'), word.strip_prefix('?')) {
        (Some(name), _) => (name, ColumnType::Int, "", ""),
        (_, Some(name)) => (name, ColumnType::Bool, "", ""),
        _ => (word, ColumnType::Text, "", ""),
    };
    columns.split_whitespace().map(spec).collect()
}
