//! What the doors for analysts' own tools share (外部工具接口): whose token it is, what its owner may now, how often tries may
//! fail, how many connections there may be, and where nothing may be listened to in plain text.

mod counts;
mod keeper;
mod protection;
mod tries;

pub use counts::{CONNECTIONS, Count, Counts, HANDSHAKE, HANDSHAKES, OF_AN_ACCOUNT, OF_AN_ADDRESS};
pub use keeper::{Behind, Denied, Keeper, Visitor};
pub use protection::{Unprotected, require_protection};
pub use tries::Tries;
