//! A secret from a file of its own (口令文件), which nobody but its owner may read.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Bytes of a secret, at most.
const LONGEST: u64 = 4096;

/// Why a secret cannot be used. The secret itself is never told.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{}: others than its owner may read it (mode {mode:o})", path.display())]
    OpenToOthers { path: PathBuf, mode: u32 },
    #[error("{}: not one line of text of at most {LONGEST} bytes", path.display())]
    NotALine { path: PathBuf },
}

impl SecretFileError {
    /// What the administrator can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Io { .. } => "name an existing file; a relative path begins at the data folder",
            Self::OpenToOthers { .. } => "chmod 600 the file",
            Self::NotALine { .. } => "write the password alone into the file",
        }
    }
}

/// Reads a secret: one line, its line break left out.
///
/// # Errors
/// When the file is missing, may be read by others, or holds anything but one line.
pub fn read_secret(path: &Path) -> Result<String, SecretFileError> {
    let io = |source| SecretFileError::Io { path: path.to_path_buf(), source };
    let file = File::open(path).map_err(io)?;
    // Of the opened file, so that it cannot be exchanged in between.
    let mode = file.metadata().map_err(io)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(SecretFileError::OpenToOthers { path: path.to_path_buf(), mode });
    }
    let mut text = String::new();
    file.take(LONGEST + 1).read_to_string(&mut text).map_err(io)?;
    let secret = text.trim_end_matches(['\r', '\n']);
    if secret.is_empty() || text.len() as u64 > LONGEST || secret.chars().any(char::is_control) {
        return Err(SecretFileError::NotALine { path: path.to_path_buf() });
    }
    Ok(secret.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_its_owners() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("smtp.password");
        let with = |text: &str, mode: u32| {
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            read_secret(&path)
        };
        assert_eq!(with("correct horse\n", 0o600).unwrap(), "correct horse");
        assert_eq!(with("correct horse", 0o400).unwrap(), "correct horse");
        for mode in [0o644, 0o640, 0o604, 0o660] {
            let error = with("correct horse\n", mode).unwrap_err();
            assert!(matches!(error, SecretFileError::OpenToOthers { .. }) && !error.to_string().contains("horse"), "{error}");
            assert_eq!(error.hint(), "chmod 600 the file");
        }
        for text in ["", "\n", "a\nb", "a\tb", &"x".repeat(5000)] {
            assert!(matches!(with(text, 0o600), Err(SecretFileError::NotALine { .. })), "{text:?}");
        }
        assert!(matches!(read_secret(&folder.path().join("none")), Err(SecretFileError::Io { .. })));
    }
}
