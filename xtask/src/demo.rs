//! `cargo xtask demo`: one server, and a program in each language that goes through every pattern.

use std::process::Command;

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

    heading("building the service, and generating its clients from its contracts");
    build(&["showcase", "callsheet-codegen"])?;
    clients::generate(Mode::Write)?;
    build(&["tour"])?;

    heading("packing and installing the Python client");
    let checks = Environment::set_up(&tools, "checks", crate::test::REQUIREMENTS)?;
    let wheel = checks.build_wheel(&folder("python"), &places::target().join("wheels").join("demo"))?;
    let python = Environment::clean(&tools, "demo")?;
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

fn heading(text: &str) {
    println!("\n== {text} ==");
}
