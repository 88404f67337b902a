import Glibc

/// Runs a program on the user's own terminal, so that it can ask for a passphrase and show its own words.
enum TerminalProgram {
    /// The exit status; 127 where the program cannot be started, 128 and the signal where one ended it.
    static func run(_ arguments: [String]) -> Int32 {
        var words = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child: pid_t = 0
        guard posix_spawnp(&child, words[0]!, nil, nil, &words, environ) == 0 else { return 127 }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { return 127 }
        }
        let signal = status & 0x7F
        return signal == 0 ? status >> 8 & 0xFF : 128 + signal
    }
}
