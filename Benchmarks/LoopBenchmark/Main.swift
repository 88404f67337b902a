import Checks
import ControlLoop
import Domain
import Gates
import Git
import Glibc
import Manifests

/// Measures the running loop on a repository that `generate.py` made: CPU time of this process, as JSON.
///
///     LoopBenchmark REPOSITORY
@main
enum Main {
    static func main() async throws {
        guard CommandLine.arguments.count == 2 else {
            print("usage: LoopBenchmark REPOSITORY")
            exit(2)
        }
        let bench = try await LoopBenchmark(repository: CommandLine.arguments[1])
        print(try await bench.run().text(pretty: true))
    }
}

/// CPU seconds of this process so far, all threads together.
func processSeconds() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
}
