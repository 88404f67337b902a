import Glibc

/// What `posix_spawn` does between the fork and the program's start.
struct SpawnActions: ~Copyable {
    private var actions = posix_spawn_file_actions_t()
    private var folder: String?

    init() { posix_spawn_file_actions_init(&actions) }

    deinit {
        var actions = actions
        posix_spawn_file_actions_destroy(&actions)
    }

    mutating func connect(_ descriptor: Int32, to standard: Int32) {
        posix_spawn_file_actions_adddup2(&actions, descriptor, standard)
    }

    /// A descriptor that another thread is just opening would be inherited otherwise, and keep its pipe open.
    mutating func closeTheRest() { _ = GlibcFunctions.closeFrom?(&actions, 3) }

    mutating func enter(_ folder: String) throws(StartFailure) {
        var status = stat()
        guard stat(folder, &status) == 0 else { throw StartFailure("cannot run in \(folder)", code: errno) }
        guard let change = GlibcFunctions.changeFolder, change(&actions, folder) == 0 else {
            throw StartFailure("cannot run in \(folder): this system's C library cannot change the folder")
        }
        self.folder = folder
    }

    /// Starts `arguments[0]` in a session of its own, with no signal blocked or ignored.
    mutating func spawn(_ arguments: [String], _ environment: [String]) throws(StartFailure) -> pid_t {
        var attributes = posix_spawnattr_t(), all = sigset_t(), none = sigset_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        sigfillset(&all)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        let flags = Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK) | GlibcFunctions.spawnInNewSession
        posix_spawnattr_setflags(&attributes, flags)

        var argv = arguments.map { strdup($0) } + [nil]
        var envp = environment.map { strdup($0) } + [nil]
        defer { for text in argv + envp { free(text) } }
        var id: pid_t = 0
        let code = posix_spawn(&id, argv[0]!, &actions, &attributes, &argv, &envp)
        guard code == 0 else { throw failure(arguments[0], code) }
        return id
    }

    private func failure(_ program: String, _ code: Int32) -> StartFailure {
        let what = "cannot start \(program)\(folder.map { " in \($0)" } ?? "")"
        let hint: String? =
            switch code {
            case ENOENT: "if it is a script: the interpreter of its first line"
            case ENOEXEC: "a script needs a first line such as #!/bin/sh"
            case EACCES: "run chmod +x on it"
            case E2BIG: "more arguments than the system takes"
            default: nil
            }
        let failure = StartFailure(what, code: code)
        return hint.map { StartFailure("\(failure.message) (\($0))") } ?? failure
    }
}
