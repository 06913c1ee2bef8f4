//! Columns of the catalogs that have rows (目录列): a `#` marks a number, a `?` a yes or no, nothing a text.

pub(super) const NAMESPACE: &str = "#oid nspname #nspowner nspacl";
pub(super) const CLASS: &str = "#oid relname #relnamespace #reltype #reloftype #relowner #relam #relfilenode #reltablespace #relpages #reltuples \
    #relallvisible #reltoastrelid ?relhasindex ?relisshared relpersistence relkind #relnatts #relchecks ?relhasrules \
    ?relhastriggers ?relhassubclass ?relrowsecurity ?relforcerowsecurity ?relispopulated relreplident ?relispartition \
    #relrewrite relacl reloptions relpartbound";
pub(super) const ATTRIBUTE: &str = "#attrelid attname #atttypid #attstattarget #attlen #attnum #attndims #atttypmod ?attbyval attstorage attalign \
    ?attnotnull ?atthasdef ?atthasmissing attidentity attgenerated ?attisdropped ?attislocal #attinhcount #attcollation \
    attcompression attacl attoptions attfdwoptions";
pub(super) const TYPE: &str = "#oid typname #typnamespace #typowner #typlen ?typbyval typtype typcategory ?typispreferred ?typisdefined typdelim \
    #typrelid #typelem #typarray typinput typoutput #typreceive typsend #typmodin #typmodout typanalyze typalign typstorage \
    typsubscript ?typnotnull #typbasetype #typtypmod #typndims #typcollation typdefault typdefaultbin typacl";
pub(super) const DATABASES: &str = "#oid datname #datdba #encoding datlocprovider ?datistemplate ?datallowconn #datconnlimit #dattablespace datcollate \
    datctype daticulocale datcollversion datacl";
pub(super) const ROLES: &str = "#oid rolname ?rolsuper ?rolinherit ?rolcreaterole ?rolcreatedb ?rolcanlogin ?rolreplication ?rolbypassrls #rolconnlimit \
    rolvaliduntil rolconfig";
pub(super) const USERS: &str = "usename #usesysid ?usecreatedb ?usesuper ?userepl ?usebypassrls passwd valuntil useconfig";
pub(super) const DESCRIPTIONS: &str = "#objoid #classoid #objsubid description";
pub(super) const AM: &str = "#oid amname amhandler amtype";
pub(super) const SETTINGS: &str = "name setting unit category short_desc extra_desc context vartype source min_val max_val enumvals boot_val reset_val \
    sourcefile #sourceline ?pending_restart";
pub(super) const PG_TABLES: &str = "schemaname tablename tableowner tablespace ?hasindexes ?hasrules ?hastriggers ?rowsecurity";
pub(super) const SPACES: &str = "#oid spcname #spcowner spcacl spcoptions";
pub(super) const LANGUAGES: &str = "#oid lanname #lanowner ?lanispl ?lanpltrusted #lanplcallfoid #laninline #lanvalidator lanacl";
pub(super) const KEYWORDS: &str = "word catcode ?barelabel catdesc baredesc";
pub(super) const TABLES: &str = "table_catalog table_schema table_name table_type self_referencing_column_name reference_generation \
    user_defined_type_catalog user_defined_type_schema user_defined_type_name is_insertable_into is_typed commit_action";
pub(super) const COLUMNS: &str = "table_catalog table_schema table_name column_name #ordinal_position column_default is_nullable data_type \
    #character_maximum_length #character_octet_length #numeric_precision #numeric_precision_radix #numeric_scale \
    #datetime_precision interval_type #interval_precision character_set_catalog character_set_schema character_set_name \
    collation_catalog collation_schema collation_name domain_catalog domain_schema domain_name udt_catalog udt_schema \
    udt_name #maximum_cardinality dtd_identifier is_self_referencing is_identity identity_generation identity_start \
    identity_increment identity_maximum identity_minimum identity_cycle is_generated generation_expression is_updatable";
pub(super) const SCHEMATA: &str = "catalog_name schema_name schema_owner default_character_set_catalog default_character_set_schema \
    default_character_set_name sql_path";
