//! The PostgreSQL door (PostgreSQL 接口): analysts' own tools speak its protocol, the desk answers.
