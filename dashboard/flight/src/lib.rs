//! The Arrow Flight SQL door: analysts' own tools take answers as Arrow batches, the desk answers.
