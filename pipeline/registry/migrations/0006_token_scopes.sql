-- What an API token is good for, as words with a comma between; tokens made before had no scopes and open nothing.
alter table api_tokens add column scopes text not null default '';
