import Domain
import TestSupport

/// Programs that behave as their argument says, and write down what they took.
struct ProgramStage {
    let scratch: ScratchFolder
    private let script: String

    init() throws {
        scratch = try ScratchFolder()
        script = try scratch.write(
            Array(
                """
                how=$1; shift
                case $how in
                flaky) [ -f "\(scratch.path)/flaked" ] || { touch "\(scratch.path)/flaked"; echo "busy" >&2; exit 75; } ;;
                slow) sleep 4 ;;
                echoes) env >&2; cat >&2; printf '\\033[31m' >&2; exit 1 ;;
                esac
                { echo "== $*"; env | grep -v '^PWD=\\|^_=\\|^SHLVL=' | sort | sed 's/^/env /'; cat; } >> "\(scratch.path)/taken"
                [ $how = talkative ] && head -c 20000000 /dev/zero
                exit 0

                """.utf8), to: "take.sh")
    }

    func command(_ behaviour: Behaviour) -> JSON {
        behaviour == .dead
            ? [.string("\(scratch.path)/nothing-here")] : ["/bin/sh", .string(script), .string(behaviour.rawValue)]
    }

    func taken() -> [String] {
        guard let text = try? scratch.text(of: "taken") else { return [] }
        return text.split(separator: "== ").map(String.init)
    }
}
