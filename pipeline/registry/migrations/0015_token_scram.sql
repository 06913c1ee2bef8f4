-- What proves an SQL token at the PostgreSQL door (SCRAM-SHA-256, RFC 5802): made with the token, since its text is known only
-- then. Neither key gives the token back. Tokens made before have no row and cannot be used there.
create table token_scram (
    token      integer primary key references api_tokens (id),
    iterations integer not null check (iterations >= 4096),
    stored_key text not null check (length(stored_key) = 64),
    server_key text not null check (length(server_key) = 64)
) strict;
