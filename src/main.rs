//! Parse, call, print, exit number: see `cli`.

fn main() -> std::process::ExitCode {
    trialpress::cli::main()
}
