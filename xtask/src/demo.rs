//! `cargo xtask demo`: one server, and a program in each language that goes through every pattern.

use std::{
    env,
    io::{self, IsTerminal},
    process::Command,
};

use crate::{
    clients::{self, Mode, build, folder},
    node::Packages,
    places,
    python::Environment,
    run::{Error, run},
    showcase::Showcase,
    tools,
};

pub(crate) fn run_demo() -> Result<(), Error> {
    let tools = tools::find()?;

    heading("building the service");
    build(&["showcase"])?;

    heading("generating its clients from its contracts");
    clients::generate(Mode::Write)?;

    heading("building the Rust tour with its client");
    build(&["tour"])?;

    heading("packing and installing the Python client");
    let python = Environment::clean(&tools, "demo")?;
    let wheel = python.build_wheel(&folder("python"), &places::target().join("wheels").join("demo"))?;
    python.install(&wheel, "msgpack")?;

    heading("packing and installing the TypeScript client");
    let packages = Packages::set_up(&tools)?;
    let package = packages.project(&folder("typescript"), "showcase")?;
    packages.compile(&package)?;
    let packed = packages.pack(&package)?;
    let tour = places::root().join("examples").join("tour");
    let typescript = packages.user_project(&tour.join("typescript"), &[packed], "tour")?;
    packages.compile(&typescript)?;

    heading("starting the service");
    let showcase = Showcase::start(200)?;
    let socket = showcase.socket();
    println!("listening on {}", socket.display());

    heading("Rust");
    run(Command::new(places::built("tour")).arg(&socket))?;
    heading("Python");
    run(python.python().arg(tour.join("python").join("tour.py")).arg(&socket))?;
    heading("TypeScript");
    run(packages.node(&typescript).arg("dist/tour.js").arg(&socket))?;

    heading("stopping the service");
    showcase.stop()?;
    println!("drained, and its socket is gone\n");
    println!("The contracts are in examples/*/contract, the programs in examples/tour.");
    Ok(())
}

/// Bold and coloured for people at a terminal who have not declined it.
fn heading(text: &str) {
    let declined = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if declined || !io::stdout().is_terminal() {
        println!("\n== {text} ==");
    } else {
        println!("\n\x1b[1;36m== {text} ==\x1b[0m");
    }
}
