import Domain
import Glibc

/// A command that the system ends where Martlet is killed: what it started itself may then see that nobody is there any more.
enum MortalCommand {
    /// The command so that it gets `signal` when the thread ends that started it (prctl(2), PR_SET_PDEATHSIG), and that one waits for it.
    ///
    /// Martlet may have been killed before the signal was set: then somebody else is the parent already. Where there is no `setpriv`
    /// (util-linux), or one that knows no such option, the command runs on.
    static func arguments(_ arguments: [String], _ environment: [String: String], signal: String) -> [String] {
        let ours = Command(["setpriv"], environment: ["PATH": ProgramPath.standard])
        guard let name = arguments.first, case .success(let setter) = ProgramPath.find("setpriv", for: ours),
            // What cannot be found is told as such.
            case .success(let program) = ProgramPath.find(name, for: Command(arguments, environment: environment))
        else { return arguments }
        let script = #"""
            setter=$1; signal=$2; shift 2
            "$setter" --pdeathsig "$signal" /bin/sh -c : 2>/dev/null || exec "$@"
            exec "$setter" --pdeathsig "$signal" /bin/sh -c '[ "$PPID" = "$0" ] && exec "$@"' "$0" "$@"
            """#
        return ["/bin/sh", "-c", script, "\(getpid())", setter, signal, program] + arguments.dropFirst()
    }
}
