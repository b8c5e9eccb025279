//! Standard input, output and error, as files.
//!
//! Owns whether they were open when the program was started, and that no error in using
//! them is lost: the standard library takes a descriptor that cannot be written to for one
//! that takes everything, and opens `/dev/null` over a closed one.

#![allow(
    clippy::disallowed_methods,
    reason = "what is printed comes here as it is"
)]

use std::io;

/// One of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standard {
    Input,
    Output,
    Error,
}

impl Standard {
    /// The one with this descriptor.
    #[cfg(target_os = "linux")]
    pub(super) fn of(descriptor: i32) -> Option<Self> {
        match descriptor {
            0 => Some(Standard::Input),
            1 => Some(Standard::Output),
            2 => Some(Standard::Error),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Standard::Input => "standard input",
            Standard::Output => "standard output",
            Standard::Error => "standard error",
        }
    }

    /// The error that it is not fit for use.
    fn is(self, what: &str) -> io::Error {
        io::Error::other(format!("{} is {what}", self.name()))
    }
}

#[cfg(target_os = "linux")]
pub(super) use self::unix::check_open;
#[cfg(unix)]
pub(super) use self::unix::{Stream, close, open};

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io;
    use std::os::fd::AsFd;
    use std::sync::atomic::{AtomicU8, Ordering};

    use rustix::fs::OFlags;

    use super::Standard;

    /// A stream whose errors are those of the operating system.
    pub(in crate::cli) type Stream = File;

    /// A bit for each that was closed at the start.
    static CLOSED: AtomicU8 = AtomicU8::new(0);

    /// Looks before `main`, since the standard library replaces what is closed before it.
    /// It may use nothing but system calls here.
    #[ctor::ctor]
    fn look() {
        use rustix::io::fcntl_getfd;
        use rustix::stdio::{stderr, stdin, stdout};
        let closed = [
            (Standard::Input, fcntl_getfd(stdin()).is_err()),
            (Standard::Output, fcntl_getfd(stdout()).is_err()),
            (Standard::Error, fcntl_getfd(stderr()).is_err()),
        ];
        for (standard, is_closed) in closed {
            if is_closed {
                CLOSED.fetch_or(1 << standard as u8, Ordering::Relaxed);
            }
        }
    }

    /// The error that a stream was closed at the start.
    pub(in crate::cli) fn check_open(standard: Standard) -> io::Result<()> {
        match CLOSED.load(Ordering::Relaxed) & 1 << standard as u8 {
            0 => Ok(()),
            _ => Err(standard.is("closed")),
        }
    }

    /// A handle of its own for a stream; it shares the place in a file.
    pub(in crate::cli) fn open(standard: Standard) -> io::Result<Stream> {
        check_open(standard)?;
        let handle = match standard {
            Standard::Input => io::stdin().as_fd().try_clone_to_owned(),
            Standard::Output => io::stdout().as_fd().try_clone_to_owned(),
            Standard::Error => io::stderr().as_fd().try_clone_to_owned(),
        };
        let handle = handle?;
        let access = rustix::fs::fcntl_getfl(&handle)? & OFlags::RWMODE;
        match standard {
            Standard::Input if access == OFlags::WRONLY => Err(standard.is("not open for reading")),
            Standard::Output | Standard::Error if access == OFlags::RDONLY => {
                Err(standard.is("not open for writing"))
            }
            _ => Ok(File::from(handle)),
        }
    }

    /// Closes a file, which may be where an error of writing shows at last.
    pub(in crate::cli) fn close(file: File) -> io::Result<()> {
        Ok(nix::unistd::close(file)?)
    }
}

#[cfg(not(unix))]
pub(super) use self::other::{Stream, close, open};

#[cfg(not(unix))]
mod other {
    use std::io::{self, Read, Write};

    use super::Standard;

    /// A stream of the standard library, which knows how a console is written to.
    #[derive(Debug)]
    pub(in crate::cli) struct Stream(Standard);

    pub(in crate::cli) fn open(standard: Standard) -> io::Result<Stream> {
        Ok(Stream(standard))
    }

    pub(in crate::cli) fn close(mut stream: impl Write) -> io::Result<()> {
        stream.flush()
    }

    impl Read for Stream {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            io::stdin().read(to)
        }
    }

    impl Write for Stream {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            match self.0 {
                Standard::Error => io::stderr().write(bytes),
                Standard::Output => io::stdout().write(bytes),
                Standard::Input => Err(self.0.is("not open for writing")),
            }
        }

        fn flush(&mut self) -> io::Result<()> {
            match self.0 {
                Standard::Output => io::stdout().flush(),
                _ => Ok(()),
            }
        }
    }
}
