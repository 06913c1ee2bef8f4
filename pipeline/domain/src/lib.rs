//! The vocabulary and the rules of investment promotion (招商引资), pure: no IO, no async, no clock.
//!
//! "Today" is always an argument. Neither engine (polars, datafusion) is known here: the polars jobs,
//! the SQL functions and the web pages all call these same functions, so a rule exists once.

pub mod access;
pub mod allocation;
pub mod audit;
pub mod bulletin;
pub mod carriers;
pub mod catalogue;
pub mod chain;
pub mod change;
pub mod claim;
pub mod classify;
pub mod contract;
pub mod credit_code;
pub mod duplicate;
pub mod figures;
pub mod filing;
pub mod forecast;
pub mod history;
pub mod industry;
pub mod landing;
pub mod light;
pub mod money;
pub mod notice;
pub mod pace;
pub mod period;
pub mod privacy;
pub mod procedure;
pub mod project;
pub mod promise;
pub mod recheck;
pub mod region;
pub mod reserve;
pub mod review;
pub mod rules;
pub mod saved_query;
pub mod scale;
pub mod score;
pub mod subscription;
pub mod target;
pub mod text;
pub mod trip;
pub mod workdays;
