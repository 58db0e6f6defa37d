//! Other processes: this very test program, run again to do one thing for the test that started it.
//!
//! What such a process says to the test stands on lines that begin with `@`; what it is told comes in lines too.

use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    os::unix::{fs::chown, process::CommandExt},
    path::Path,
    process::{Child as Process, ChildStdin, ChildStdout, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

/// Tells a process that it is another one's child, and its argument.
const ARGUMENT: &str = "DOOR_TEST_CHILD";

/// Nobody in particular.
const NOBODY: u32 = 65534;

/// The argument of this process, if a test has started it.
pub fn argument() -> Option<String> {
    env::var(ARGUMENT).ok()
}

/// Says something to the test that started this process.
pub fn say(what: &str) {
    let mut out = std::io::stdout();
    // The test program itself may have begun a line.
    out.write_all(format!("\n@{what}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

/// What this process is told next; `None` when the test says nothing more.
pub fn hear() -> Option<String> {
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line).unwrap();
    (read > 0).then(|| line.trim_end().to_owned())
}

/// Runs `future` in a process that a test has started.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build();
    tokio.unwrap().block_on(future)
}

/// A process that a test has started. It is killed when the test is through with it.
pub struct Child {
    process: Process,
    input: Option<ChildStdin>,
    said: mpsc::Receiver<String>,
}

impl Child {
    /// Runs `test` in another process, with an argument.
    pub fn run(test: &str, argument: &str) -> Self {
        Self::spawn(Self::command(&env::current_exe().unwrap(), test, argument))
    }

    /// As [`run`](Self::run), as a user who is not root, to whom `folder` is given. Root may do anything anyhow, so a test
    /// as root would show nothing.
    pub fn run_as_nobody(test: &str, argument: &str, folder: &Path) -> Self {
        let program = env::current_exe().unwrap();
        if !rustix::process::geteuid().is_root() {
            return Self::run(test, argument);
        }
        // Where the program lies may be nothing that others get to.
        let copy = folder.join("program");
        fs::copy(program, &copy).unwrap();
        for path in [folder, &copy] {
            chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let mut command = Self::command(&copy, test, argument);
        command.uid(NOBODY).gid(NOBODY).current_dir(folder);
        Self::spawn(command)
    }

    pub fn command(program: &Path, test: &str, argument: &str) -> Command {
        let mut command = Command::new(program);
        command.args(["--exact", test, "--nocapture", "--test-threads", "1"]);
        command.env(ARGUMENT, argument);
        command
    }

    pub fn spawn(mut command: Command) -> Self {
        command.stdin(Stdio::piped());
        Self::passed(command)
    }

    /// As [`spawn`](Self::spawn), of a command that has an input already: it is told nothing.
    pub fn passed(mut command: Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let output = process.stdout.take().unwrap();
        let (says, said) = mpsc::channel();
        thread::spawn(move || listen(output, &says));
        Child {
            input: process.stdin.take(),
            process,
            said,
        }
    }

    /// What it says next.
    #[track_caller]
    pub fn says(&self) -> String {
        self.said
            .recv_timeout(Duration::from_secs(20))
            .expect("the other process says something")
    }

    pub fn tell(&mut self, what: &str) {
        let input = self.input.as_mut().unwrap();
        writeln!(input, "{what}").unwrap();
    }

    pub fn pid(&self) -> Pid {
        Pid::from_child(&self.process)
    }

    pub fn terminate(&self) {
        kill_process(self.pid(), Signal::TERM).unwrap();
    }

    /// Tells it nothing more, and waits until it has ended.
    pub fn end(&mut self) -> ExitStatus {
        drop(self.input.take());
        let begun = Instant::now();
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "the other process ends");
            thread::yield_now();
        }
    }
}

fn listen(output: ChildStdout, says: &mpsc::Sender<String>) {
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        if let Some(said) = line.strip_prefix('@')
            && says.send(said.to_owned()).is_err()
        {
            return;
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
