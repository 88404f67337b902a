import Domain

extension GitError {
    /// Why the git program failed at something, in its own words without passwords, with a remedy.
    ///
    /// git ends with 128 whatever went wrong, so only its words, which are English under `LC_ALL=C`, tell a wrong
    /// password from a lost connection. What is not recognised is tried again later.
    init(_ result: CommandResult, _ operation: String, timeout: Duration) {
        let words = Excerpt.withoutCredentials(Sanitized.text(result.lastWords))
        switch result.ending {
        case .timedOut:
            self.init(
                .timedOut, operation, "no end after \(timeout.text)",
                hint: "see whether the remote answers; `git ls-remote` by hand shows where it hangs")
        case .notStarted(let reason):
            self.init(
                .unknown, operation, "the git program did not start (\(reason))", hint: "install git 2.38 or later")
        case .exhausted(let reason):
            self.init(.unknown, operation, "the git program did not start: \(reason)")
        case .signalled(let signal):
            self.init(.unknown, operation, "git was ended by signal \(signal)")
        case .exited:
            let kind = Kind.allCases.first { kind in kind.marks.contains { words.contains($0) } } ?? .network
            let said = words.isEmpty ? "git gave no reason" : Self.indented(words)
            self.init(kind.code, operation, said, hint: kind.hint)
        }
    }

    private static func indented(_ words: String) -> String {
        words.split(separator: "\n").joined(separator: "\n  ")
    }

    private enum Kind: CaseIterable {
        case hostKey, authentication, locked, checkedOut, notAtomic, damaged, missing, network

        var marks: [String] {
            switch self {
            case .hostKey: ["Host key verification failed"]
            case .authentication:
                [
                    "Authentication failed", "Permission denied", "could not read Username", "could not read Password",
                    "terminal prompts disabled", "Invalid username or password", "error: 401", "error: 403",
                ]
            case .locked: [".lock': File exists", "cannot lock ref"]
            case .checkedOut: ["refusing to fetch into branch"]
            case .notAtomic: ["does not support --atomic push"]
            case .damaged:
                [
                    "did not send all necessary objects", "is corrupt", "bad object", "unable to read tree",
                    "unexpected line in", "unterminated line in", "bad config",
                ]
            case .missing:
                ["does not appear to be a git repository", "not found", "No such file or directory", "error: 404"]
            case .network: []
            }
        }

        var code: GitError.Code {
            switch self {
            case .hostKey, .authentication: .authentication
            case .locked: .locked
            case .checkedOut, .notAtomic: .invalid
            case .damaged: .corrupt
            case .missing: .notFound
            case .network: .unreachable
            }
        }

        var hint: String {
            switch self {
            case .hostKey: "add the server's key to known_hosts (ssh-keyscan HOST) after you have checked it"
            case .authentication:
                "give this user an SSH key or a credential helper with access; `git ls-remote` by hand must work"
            case .locked: "if no other git process runs in the repository, one died: delete the .lock file"
            case .checkedOut: "fetch into a bare mirror, or check out another branch"
            case .notAtomic:
                "Martlet moves references all at once or not at all: let the server take that "
                    + "(receive.advertiseAtomic, which is on by default)"
            case .damaged:
                "what Martlet keeps of it here is made anew at the next start; `git fsck` tells whether the remote is whole"
            case .missing: "check the remote's URL"
            case .network: "it is tried again; `git ls-remote` by hand shows the same error if it lasts"
            }
        }
    }
}
