//! Attacks on the analysts' desk (攻击清单): by either asker, no statement reaches a file, the network, a setting or another's row.

mod answers;
mod by_postgres;
mod client;
mod generated;
mod ground;
mod immortal;
mod list;
mod listed;
mod roles;
mod workers;
