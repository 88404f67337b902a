import Domain
import Git

/// Who the person at the keyboard is, as Git knows them.
enum Identity {
    /// From `GIT_AUTHOR_NAME` and `GIT_AUTHOR_EMAIL`, else `user.name` and `user.email`.
    static func person(_ options: RepositoryOptions) async throws -> Person {
        let store = try GitFolder.there(options.path)
        func value(_ variable: String, _ key: String) async throws -> String? {
            if let value = Surrounding.environment[variable], !value.isEmpty { return value }
            return try await store?.configuration(key)
        }
        guard let name = try await value("GIT_AUTHOR_NAME", "user.name"),
            let email = try await value("GIT_AUTHOR_EMAIL", "user.email")
        else {
            throw WrongUse(
                "a request needs an author: git config user.name and user.email, or GIT_AUTHOR_NAME and GIT_AUTHOR_EMAIL"
            )
        }
        return Person(name: name, email: email, time: Timestamp.now())
    }
}
